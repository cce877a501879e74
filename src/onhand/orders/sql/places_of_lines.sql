-- The places of lines in the queues for their SKUs.
SELECT waiting.line_id, waiting.order_id, waiting.sku_id, "order".channel_id, "order".country, "order".latitude,
       "order".longitude, waiting.priority * -1, waiting.since, waiting.id
FROM orders_backorder AS waiting
JOIN orders_order AS "order" ON "order".id = waiting.order_id
WHERE waiting.line_id = ANY(%s) AND waiting.ended_at IS NULL
