-- The events of a kind about some subjects.
SELECT seq, at, kind, subject, actor, data FROM core_event
WHERE subject = ANY(%(subjects)s::text[]) AND kind = %(kind)s
ORDER BY seq
