-- A browser that shows somebody's alerts from now on.
INSERT INTO messages_device (person, name, mark, address, made_at)
VALUES (%(person)s, %(name)s, %(mark)s, %(address)s, %(now)s)
ON CONFLICT (mark) DO UPDATE
SET name = EXCLUDED.name, address = EXCLUDED.address, made_at = EXCLUDED.made_at, silent_since = NULL
RETURNING id
