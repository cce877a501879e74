-- Who waits for SKUs and has not all of it promised, by priority and age: step by step down the index of those, until
-- what is to come is given out. A step costs the same however many wait behind it, or have their day already.
WITH RECURSIVE goods AS (
    SELECT sku_id, sum(quantity) AS quantity
    FROM unnest(%(skus)s::bigint[], %(quantities)s::numeric[]) AS coming (sku_id, quantity)
    GROUP BY sku_id
),
queue AS (
    SELECT sku_id, quantity AS left_over, 0 AS place, -32768 AS rank, '-infinity'::timestamptz AS since,
           '00000000-0000-0000-0000-000000000000'::uuid AS id, NULL::uuid AS line_id, NULL::uuid AS order_id,
           NULL::bigint AS channel_id, NULL::varchar AS country, NULL::float8 AS latitude, NULL::float8 AS longitude
    FROM goods
    UNION ALL
    SELECT queue.sku_id, queue.left_over - greatest(next.quantity - promised.quantity, 0), queue.place + 1, next.rank,
           next.since, next.id, next.line_id, next.order_id, next.channel_id, next.country, next.latitude,
           next.longitude
    FROM queue
    CROSS JOIN LATERAL (
        SELECT waiting.priority * -1 AS rank, waiting.since, waiting.id, waiting.line_id, waiting.order_id,
               waiting.quantity, "order".channel_id, "order".country, "order".latitude, "order".longitude
        FROM orders_backorder AS waiting
        JOIN orders_order AS "order" ON "order".id = waiting.order_id
        WHERE waiting.sku_id = queue.sku_id AND waiting.ended_at IS NULL AND waiting.eta IS NULL
          AND (waiting.priority * -1, waiting.since, waiting.id) > (queue.rank, queue.since, queue.id)
          AND "order".channel_id = ANY(%(channels)s) AND "order".held_at IS NULL
        ORDER BY waiting.priority * -1, waiting.since, waiting.id
        LIMIT 1
    ) AS next
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(claim.quantity), 0) AS quantity
        FROM stock_reservation AS claim
        WHERE claim.line_id = next.line_id AND claim.ended_at IS NULL AND claim.cart IS NULL
          AND claim.supply_id IS NOT NULL
    ) AS promised
    WHERE queue.left_over > 0 AND queue.place < %(most)s
)
SELECT line_id, order_id, sku_id, channel_id, country, latitude, longitude, rank, since, id
FROM queue
WHERE place > 0
