-- Whose orders these are, of those that are a customer's.
SELECT "order".id, customer.code
FROM unnest(%s::text[], %s::text[]) AS wanted (code, number)
JOIN orders_channel AS channel ON channel.code = wanted.code
JOIN orders_order AS "order" ON "order".channel_id = channel.id AND "order".number = wanted.number
JOIN customers_customer AS customer ON customer.id = "order".customer_id
