-- Forget a page of the oldest answers.
DELETE FROM core_answer
WHERE key IN (SELECT key FROM core_answer WHERE at < %(before)s ORDER BY at LIMIT %(page)s FOR UPDATE SKIP LOCKED)
