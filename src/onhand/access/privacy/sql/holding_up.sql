-- What holds the erasure of a subject up: the longest hold.
SELECT until, reason
FROM access_privacy_hold
WHERE subject = %s AND ended_at IS NULL AND until > %s
ORDER BY until DESC
LIMIT 1
