-- Until when the lines of orders wait.
SELECT line.order_id, line.number, waiting.eta
FROM orders_line AS line
JOIN orders_backorder AS waiting ON waiting.line_id = line.id AND waiting.ended_at IS NULL
WHERE line.order_id = ANY(%s)
