-- Orders, pieces and worth ordered since a moment, by currency: a range of the primary key, since ids begin with time.
SELECT "order".currency, count(DISTINCT "order".id), sum(line.ordered - line.cancelled),
       sum((line.ordered - line.cancelled) * line.unit_price)
FROM orders_order AS "order"
JOIN orders_line AS line ON line.order_id = "order".id
WHERE "order".id >= %(since)s
GROUP BY "order".currency
ORDER BY "order".currency
