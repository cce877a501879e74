-- What a customer bought since a moment, by currency: neither cancelled nor returned.
SELECT "order".currency, sum((line.ordered - line.cancelled - line.returned) * line.unit_price)
FROM orders_order AS "order"
JOIN orders_line AS line ON line.order_id = "order".id
WHERE "order".customer_id = %(customer)s AND "order".placed_at >= %(since)s AND "order".state <> 'cancelled'
GROUP BY "order".currency
ORDER BY "order".currency
