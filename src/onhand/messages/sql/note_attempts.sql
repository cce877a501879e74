-- Each try, on record.
INSERT INTO messages_attempt (letter_id, at, well, said)
SELECT letter.id, %(now)s, came.well, came.said
FROM unnest(%(ids)s::bigint[], %(wells)s::boolean[], %(saids)s::text[]) AS came (id, well, said)
JOIN messages_letter AS letter ON letter.id = came.id
