-- What was said of recommending us, latest first.
SELECT about, customer, score, why, written_at, order_id
FROM customers_reviews_score
WHERE %(at)s::timestamptz IS NULL OR (written_at, order_id) < (%(at)s, %(order)s::uuid)
ORDER BY written_at DESC, order_id DESC
LIMIT %(most)s
