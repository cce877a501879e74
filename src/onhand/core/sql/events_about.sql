-- The history of one subject.
SELECT seq, seq, at, kind, subject, actor, data
FROM core_event
WHERE {filters}
ORDER BY seq
LIMIT %(most)s
