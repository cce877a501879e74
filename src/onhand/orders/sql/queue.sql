-- Who waits for these SKUs, by priority and age: so many of each, straight from the index of the waiting.
SELECT waiting.line_id, waiting.order_id, waiting.sku_id, "order".channel_id, "order".country, "order".latitude,
       "order".longitude, "order".held_at IS NOT NULL
FROM (SELECT unnest(%s::bigint[]) AS sku_id, %s::int AS most) AS wanted
CROSS JOIN LATERAL (
    SELECT line_id, order_id, sku_id, priority, since
    FROM orders_backorder
    WHERE sku_id = wanted.sku_id AND ended_at IS NULL
    ORDER BY priority DESC, since
    LIMIT wanted.most
) AS waiting
JOIN orders_order AS "order" ON "order".id = waiting.order_id
ORDER BY waiting.sku_id, waiting.priority DESC, waiting.since, waiting.line_id
