-- Customers' orders that were delivered in a span and not asked about, those delivered first first.
SELECT "order".id, 'order/' || channel.code || '/' || "order".number, customer.code
FROM orders_order AS "order"
JOIN orders_channel AS channel ON channel.id = "order".channel_id
JOIN customers_customer AS customer ON customer.id = "order".customer_id AND customer.email <> ''
WHERE "order".placed_at >= %(placed_since)s AND "order".state = 'delivered'
    AND "order".delivered_at >= %(since)s AND "order".delivered_at < %(until)s
    AND NOT EXISTS (SELECT FROM customers_reviews_asked AS asked WHERE asked.order_id = "order".id)
ORDER BY "order".delivered_at
LIMIT %(most)s
