-- One review, or all of an order.
SELECT id, about, line, sku, customer, stars, text, state, written_at, changed_at, decided_at, decided_by, why, answer,
       answered_at
FROM customers_reviews_review
WHERE (%(id)s::uuid IS NULL OR id = %(id)s) AND (%(order)s::uuid IS NULL OR order_id = %(order)s)
    AND (%(id)s::uuid IS NOT NULL OR %(order)s::uuid IS NOT NULL)
ORDER BY line
