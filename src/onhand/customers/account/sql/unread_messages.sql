-- What customers wrote and nobody has read, oldest first.
SELECT id, customer, about, topic, direction, text, sent_at, read_at
FROM customers_message
WHERE direction = 'in' AND read_at IS NULL AND (%(since)s::uuid IS NULL OR id > %(since)s)
ORDER BY id
LIMIT %(most)s
