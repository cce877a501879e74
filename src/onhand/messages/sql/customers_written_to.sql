-- To which customers letters went, by their keys.
SELECT key, to_name FROM messages_letter WHERE key = ANY(%(keys)s::text[]) AND to_kind = 'customer'
