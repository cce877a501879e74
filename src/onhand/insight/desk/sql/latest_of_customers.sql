-- Of customers who were found: their last order, and how many of their last fifty are still open.
SELECT wanted.id, latest.channel, latest.number, latest.state, open.orders
FROM unnest(%(customers)s::bigint[]) AS wanted (id)
LEFT JOIN LATERAL (
    SELECT channel.code AS channel, "order".number, "order".state
    FROM orders_order AS "order" JOIN orders_channel AS channel ON channel.id = "order".channel_id
    WHERE "order".customer_id = wanted.id
    ORDER BY "order".id DESC
    LIMIT 1
) AS latest ON true
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE recent.state = ANY (%(open)s)) AS orders
    FROM (SELECT state FROM orders_order WHERE customer_id = wanted.id ORDER BY id DESC LIMIT 50) AS recent
) AS open
