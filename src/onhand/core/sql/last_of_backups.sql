-- The last event of a kind about the store of backups: they are few, and found by their subject.
SELECT at, data
FROM core_event
WHERE subject = %(subject)s AND kind = %(kind)s
ORDER BY seq DESC
LIMIT 1
