-- Forget a page of letters that ended long ago, with their tries.
WITH old AS (
    SELECT id FROM messages_letter WHERE ended_at < %(before)s ORDER BY ended_at LIMIT %(page)s
), tries AS (
    DELETE FROM messages_attempt WHERE letter_id IN (SELECT id FROM old)
)
DELETE FROM messages_letter WHERE id IN (SELECT id FROM old)
RETURNING whose
