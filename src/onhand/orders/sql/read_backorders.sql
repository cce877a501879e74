-- The open backorders of locked orders, found through their lines.
SELECT backorder.id, backorder.line_id, backorder.order_id, backorder.sku_id, backorder.quantity, backorder.priority,
       backorder.since, backorder.eta
FROM orders_line AS line
JOIN orders_backorder AS backorder ON backorder.line_id = line.id AND backorder.ended_at IS NULL
WHERE line.order_id = ANY(%s) AND line.backordered > 0
