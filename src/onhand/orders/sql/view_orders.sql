-- Orders as shown.
SELECT "order".id, channel.code, "order".number, customer.code, "order".state, "order".priority, "order".currency,
       "order".country, "order".placed_at, "order".confirmed_at, "order".held_at, "order".shipped_at,
       "order".delivered_at
FROM orders_order AS "order"
JOIN orders_channel AS channel ON channel.id = "order".channel_id
LEFT JOIN customers_customer AS customer ON customer.id = "order".customer_id
WHERE "order".id = ANY(%s)
