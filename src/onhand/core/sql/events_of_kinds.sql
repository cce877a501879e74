-- Those of some events that are of these kinds.
SELECT seq, at, kind, subject, actor, data FROM core_event
WHERE seq = ANY(%(seqs)s::bigint[]) AND kind = ANY(%(kinds)s::text[])
ORDER BY seq
