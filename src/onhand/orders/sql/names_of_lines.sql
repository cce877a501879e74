-- What people call lines: by the channel and number of their order, their own number in it, and their SKU.
SELECT line.id, channel.code, "order".number, line.number, sku.code
FROM orders_line AS line
JOIN orders_order AS "order" ON "order".id = line.order_id
JOIN orders_channel AS channel ON channel.id = "order".channel_id
JOIN catalog_sku AS sku ON sku.id = line.sku_id
WHERE line.id = ANY(%s)
