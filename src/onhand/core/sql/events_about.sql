-- The history of one subject.
SELECT seq, at, kind, subject, actor, data
FROM core_event
WHERE subject = %s AND seq > %s
ORDER BY seq
LIMIT %s
