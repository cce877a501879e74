-- Letters that were asked for under these keys.
SELECT key, id FROM messages_letter WHERE key = ANY(%(keys)s::text[])
