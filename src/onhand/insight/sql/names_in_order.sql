-- What an order's lines are called.
SELECT DISTINCT sku.code, product.name, sku.name
FROM orders_line AS line
JOIN catalog_sku AS sku ON sku.id = line.sku_id
JOIN catalog_product AS product ON product.id = sku.product_id
WHERE line.order_id = %s
