-- A customer's orders, latest first, each with what became of its lines.
SELECT page.id,
       page.id, channel.code, page.number, page.state, page.placed_at, page.currency, summed.lines, summed.value,
       summed.reserved, summed.backordered, summed.shipped, summed.returned
FROM (
    SELECT "order".id, "order".channel_id, "order".number, "order".state, "order".placed_at, "order".currency
    FROM orders_order AS "order"
    WHERE {filters}
    ORDER BY "order".id DESC
    LIMIT %(most)s
) AS page
JOIN orders_channel AS channel ON channel.id = page.channel_id
CROSS JOIN LATERAL (
    SELECT count(*) AS lines, coalesce(sum((line.ordered - line.cancelled) * line.unit_price), 0) AS value,
           sum(line.reserved) AS reserved, sum(line.backordered) AS backordered, sum(line.shipped) AS shipped,
           sum(line.returned) AS returned
    FROM orders_line AS line
    WHERE line.order_id = page.id
) AS summed
ORDER BY page.id DESC
