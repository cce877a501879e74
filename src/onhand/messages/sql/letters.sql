-- The delivery record, latest first.
SELECT letter.id, letter.id, key, channel, template, language, to_kind, to_name, address, whose, about, body, state,
       tries, CASE WHEN ended_at IS NULL THEN next_at END, said, made_by, made_at, ended_at
FROM messages_letter AS letter
WHERE {filters}
ORDER BY letter.id DESC
LIMIT %(most)s
