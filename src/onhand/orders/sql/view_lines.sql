-- Lines as shown, with the day until which they wait.
SELECT line.order_id, line.number, sku.code, line.ordered, line.reserved, line.backordered, line.shipped,
       line.cancelled, line.returned, line.unit_price, waiting.eta
FROM orders_line AS line
JOIN catalog_sku AS sku ON sku.id = line.sku_id
LEFT JOIN orders_backorder AS waiting ON waiting.line_id = line.id AND waiting.ended_at IS NULL AND line.backordered > 0
WHERE line.order_id = ANY(%s)
ORDER BY line.order_id, line.number
