-- Lines as shown.
SELECT line.order_id, line.number, sku.code, line.ordered, line.reserved, line.backordered, line.shipped,
       line.cancelled, line.returned, line.unit_price
FROM orders_line AS line
JOIN catalog_sku AS sku ON sku.id = line.sku_id
WHERE line.order_id = ANY(%s)
ORDER BY line.order_id, line.number
