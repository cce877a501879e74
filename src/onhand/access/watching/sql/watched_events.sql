-- Of these events, those of a kind that is watched, in the order of the log.
SELECT seq, at, kind, subject, actor, data, origin
FROM core_event
WHERE seq = ANY (%s) AND kind = ANY (%s)
ORDER BY seq
