-- Which of these keys were answered before, and how.
SELECT key, fingerprint, answer FROM core_answer WHERE key = ANY(%s)
