-- The published reviews of a SKU, latest first; whose they are opens their texts, and is told to nobody.
SELECT id, sku, stars, text, written_at, answer, answered_at, customer
FROM customers_reviews_review
WHERE sku = %(sku)s AND state = 'published' AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC
LIMIT %(most)s
