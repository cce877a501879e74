-- Reviews nobody has decided about, oldest first.
SELECT id, about, line, sku, customer, stars, text, state, written_at, changed_at, decided_at, decided_by, why, answer,
       answered_at
FROM customers_reviews_review
WHERE state = 'waiting' AND (%(since)s::uuid IS NULL OR id > %(since)s)
ORDER BY id
LIMIT %(most)s
