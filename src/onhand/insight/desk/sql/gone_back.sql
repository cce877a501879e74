-- What a customer cancelled and sent back, of their last orders, with the reasons as far as the log still has them.
WITH recent AS (
    SELECT id, channel_id, number
    FROM orders_order
    WHERE customer_id = %(customer)s
    ORDER BY id DESC
    LIMIT %(orders)s
)
SELECT event.kind, channel.code, recent.number, event.at, event.actor, event.data
FROM recent
JOIN orders_channel AS channel ON channel.id = recent.channel_id
JOIN core_event AS event ON event.subject = 'order/' || recent.id
WHERE event.kind IN ('order.cancelled', 'order.returned')
  AND EXISTS (SELECT FROM orders_line AS line WHERE line.order_id = recent.id AND line.cancelled + line.returned > 0)
ORDER BY event.seq DESC
LIMIT %(most)s
