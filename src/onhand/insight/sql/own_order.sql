-- An order of one of some customers, with the moments that a list of orders does not say.
SELECT "order".id, "order".picked_at, "order".packed_at, customer.code, "order".postcode, "order".address
FROM orders_order AS "order"
JOIN orders_channel AS channel ON channel.id = "order".channel_id
JOIN customers_customer AS customer ON customer.id = "order".customer_id
WHERE channel.code = %(channel)s AND "order".number = %(number)s AND customer.code = ANY(%(customers)s)
