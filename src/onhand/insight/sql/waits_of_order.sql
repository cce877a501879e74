-- What an order waits for, since when and why; by when, where all of it is promised.
SELECT line.number, sku.code, waiting.quantity, waiting.since, waiting.cause,
       CASE WHEN promised.quantity >= waiting.quantity THEN promised.due END
FROM orders_line AS line
JOIN orders_backorder AS waiting ON waiting.line_id = line.id AND waiting.ended_at IS NULL
JOIN catalog_sku AS sku ON sku.id = waiting.sku_id
CROSS JOIN LATERAL (
    SELECT sum(claim.quantity) AS quantity, max(supply.due) AS due
    FROM stock_reservation AS claim
    JOIN stock_supply AS supply ON supply.id = claim.supply_id
    WHERE claim.line_id = line.id AND claim.ended_at IS NULL AND claim.cart IS NULL
) AS promised
WHERE line.order_id = %s
ORDER BY line.number
