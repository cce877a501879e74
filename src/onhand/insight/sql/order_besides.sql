-- What a page says of an order besides what a list of orders says.
SELECT customer.code, customer.name, "order".postcode, "order".address, "order".hold_reason, "order".recorded_at,
       "order".picked_at, "order".packed_at, channel.id
FROM orders_order AS "order"
JOIN orders_channel AS channel ON channel.id = "order".channel_id
LEFT JOIN customers_customer AS customer ON customer.id = "order".customer_id
WHERE "order".id = %s
