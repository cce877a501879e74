-- Orders, newest first.
SELECT "order".id, "order".id
FROM orders_order AS "order"
WHERE {filters}
ORDER BY "order".id DESC
LIMIT %(most)s
