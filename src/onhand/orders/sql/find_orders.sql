-- Orders by channel code and number.
SELECT channel.code, "order".number, "order".id
FROM unnest(%s::text[], %s::text[]) AS wanted (code, number)
JOIN orders_channel AS channel ON channel.code = wanted.code
JOIN orders_order AS "order" ON "order".channel_id = channel.id AND "order".number = wanted.number
