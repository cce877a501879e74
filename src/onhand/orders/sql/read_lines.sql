-- The lines of locked orders.
SELECT id, order_id, number, sku_id, ordered, reserved, backordered, shipped, cancelled, returned, unit_price
FROM orders_line WHERE order_id = ANY(%s) ORDER BY order_id, number
