-- Orders by their number: exactly this one first, then those whose number begins so; the latest first.
WITH found AS (
    (
        SELECT "order".id, 0 AS rank
        FROM orders_order AS "order"
        WHERE "order".channel_id = ANY (ARRAY(SELECT id FROM orders_channel)) AND "order".number = %(text)s
        LIMIT %(most)s
    )
    UNION ALL
    (
        SELECT "order".id, 1
        FROM orders_order AS "order"
        WHERE "order".channel_id = ANY (ARRAY(SELECT id FROM orders_channel)) AND "order".number LIKE %(prefix)s
          AND "order".number <> %(text)s
        LIMIT %(most)s
    )
)
SELECT channel.code, "order".number, "order".state, "order".placed_at, "order".currency, customer.code, customer.name,
       (SELECT sum((line.ordered - line.cancelled) * line.unit_price)
        FROM orders_line AS line WHERE line.order_id = "order".id)
FROM found
JOIN orders_order AS "order" USING (id)
JOIN orders_channel AS channel ON channel.id = "order".channel_id
LEFT JOIN customers_customer AS customer ON customer.id = "order".customer_id
ORDER BY found.rank, "order".id DESC
LIMIT %(most)s
