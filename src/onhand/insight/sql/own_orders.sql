-- The latest orders of some customers: so many of each, by its index, and of those the latest.
SELECT "order".id, channel.code, "order".number, "order".state, "order".placed_at, "order".currency,
       summed.value, summed.pieces, summed.names
FROM (
    SELECT mine.* FROM unnest(%(customers)s::bigint[]) AS wanted (id)
    CROSS JOIN LATERAL (
        SELECT * FROM orders_order AS own
        WHERE own.customer_id = wanted.id AND (%(before)s::uuid IS NULL OR own.id < %(before)s)
        ORDER BY own.id DESC LIMIT %(most)s
    ) AS mine
    ORDER BY mine.id DESC LIMIT %(most)s
) AS "order"
JOIN orders_channel AS channel ON channel.id = "order".channel_id
LEFT JOIN LATERAL (
    SELECT sum((line.ordered - line.cancelled) * line.unit_price) AS value, sum(line.ordered - line.cancelled) AS pieces,
           (array_agg(product.name ORDER BY line.number))[1:3] AS names
    FROM orders_line AS line
    JOIN catalog_sku AS sku ON sku.id = line.sku_id
    JOIN catalog_product AS product ON product.id = sku.product_id
    WHERE line.order_id = "order".id
) AS summed ON true
ORDER BY "order".id DESC
