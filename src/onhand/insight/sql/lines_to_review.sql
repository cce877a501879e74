-- What an order's customer has had of it: what may be reviewed.
SELECT line.number, sku.code, product.name, sku.name
FROM orders_line AS line
JOIN catalog_sku AS sku ON sku.id = line.sku_id
JOIN catalog_product AS product ON product.id = sku.product_id
WHERE line.order_id = %s AND line.shipped > 0
ORDER BY line.number
