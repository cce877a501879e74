-- What a customer's orders wait for, longest first: since when, why, and by when all of it is promised.
SELECT channel.code, "order".number, line.number, sku.code, sku.name, waiting.quantity, waiting.since, waiting.cause,
       CASE WHEN promised.quantity >= waiting.quantity THEN promised.due END
FROM orders_order AS "order"
JOIN orders_channel AS channel ON channel.id = "order".channel_id
JOIN orders_line AS line ON line.order_id = "order".id
JOIN orders_backorder AS waiting ON waiting.line_id = line.id AND waiting.ended_at IS NULL
JOIN catalog_sku AS sku ON sku.id = waiting.sku_id
CROSS JOIN LATERAL (
    SELECT sum(claim.quantity) AS quantity, max(supply.due) AS due
    FROM stock_reservation AS claim
    JOIN stock_supply AS supply ON supply.id = claim.supply_id
    WHERE claim.line_id = line.id AND claim.ended_at IS NULL AND claim.cart IS NULL
) AS promised
WHERE "order".customer_id = %(customer)s
  AND "order".state IN ('placed', 'backordered', 'confirmed', 'held', 'picked', 'packed', 'part_shipped')
ORDER BY waiting.since, waiting.id
LIMIT %(most)s
