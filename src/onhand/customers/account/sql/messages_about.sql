-- What was written with some customers about one thing, latest first.
SELECT id, customer, about, topic, direction, text, sent_at, read_at
FROM customers_message
WHERE customer = ANY(%(customers)s) AND about = %(about)s AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC
LIMIT %(most)s
