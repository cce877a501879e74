-- The tries of a letter, first to last.
SELECT at, well, said FROM messages_attempt WHERE letter_id = %s ORDER BY id LIMIT 100
