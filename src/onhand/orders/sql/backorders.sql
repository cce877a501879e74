-- Who waits, longest first. The day by which all of it will have come is read from what is promised now, since goods
-- may have been announced after the line began to wait.
SELECT waiting.since, waiting.id,
       channel.code, "order".number, line.number, sku.code, waiting.quantity, waiting.priority, waiting.since,
       waiting.cause, CASE WHEN promised.quantity >= waiting.quantity THEN promised.due END, line.unit_price,
       "order".currency
FROM orders_backorder AS waiting
JOIN orders_line AS line ON line.id = waiting.line_id
JOIN orders_order AS "order" ON "order".id = waiting.order_id
JOIN orders_channel AS channel ON channel.id = "order".channel_id
JOIN catalog_sku AS sku ON sku.id = waiting.sku_id
CROSS JOIN LATERAL (
    SELECT sum(claim.quantity) AS quantity, max(supply.due) AS due
    FROM stock_reservation AS claim
    JOIN stock_supply AS supply ON supply.id = claim.supply_id
    WHERE claim.line_id = waiting.line_id AND claim.ended_at IS NULL AND claim.cart IS NULL
) AS promised
WHERE waiting.ended_at IS NULL AND {filters}
ORDER BY waiting.since, waiting.id
LIMIT %(most)s
