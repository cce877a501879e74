-- Lines that have waited longest, for which nothing is to come any more: somebody should tell the customer, or find goods.
WITH oldest AS MATERIALIZED (
    SELECT line_id, order_id, sku_id, quantity, since
    FROM orders_backorder
    WHERE ended_at IS NULL
    ORDER BY since, id
    LIMIT %(most)s
)
SELECT
    channel.code, "order".number, "order".priority, min(oldest.since), "order".currency,
    sum(oldest.quantity * line.unit_price), sum(oldest.quantity),
    CASE WHEN count(*) = 1 THEN min(sku.code) ELSE min(sku.code) || ' …' END
FROM oldest
JOIN orders_order AS "order" ON "order".id = oldest.order_id
JOIN orders_channel AS channel ON channel.id = "order".channel_id
JOIN orders_line AS line ON line.id = oldest.line_id
JOIN catalog_sku AS sku ON sku.id = oldest.sku_id
WHERE NOT EXISTS (
    SELECT FROM stock_supply AS supply
    WHERE supply.sku_id = oldest.sku_id AND supply.closed_at IS NULL AND supply.due >= %(now)s
)
GROUP BY channel.code, "order".id
