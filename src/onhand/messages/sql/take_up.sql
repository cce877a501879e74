-- Take up what is due: one try more is counted at once, and nobody else takes it up before the lease ends.
UPDATE messages_letter AS letter
SET tries = tries + 1, next_at = %(lease)s
FROM (
    SELECT id FROM messages_letter
    WHERE state IN ('queued', 'failed') AND next_at <= %(now)s
    ORDER BY next_at, id
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
) AS due
WHERE letter.id = due.id
RETURNING letter.id, channel, template, language, to_kind, to_name, address, whose, body, tries, made_at, useful_until,
          device, topic
