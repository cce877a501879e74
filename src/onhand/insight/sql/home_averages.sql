-- What an order is worth on average, by currency: of the latest, which is enough to compare by.
WITH latest AS MATERIALIZED (SELECT id, currency FROM orders_order ORDER BY id DESC LIMIT 1000)
SELECT latest.currency, sum(line.ordered * line.unit_price) / count(DISTINCT latest.id)
FROM latest
JOIN orders_line AS line ON line.order_id = latest.id
GROUP BY latest.currency
