-- Who waits for SKUs, by priority and age: step by step down the index of the waiting, until the goods are given out.
-- A step costs the same however many wait behind it. An order that the batch changes may not wait as long as it looks,
-- so the goods reach past it.
WITH RECURSIVE goods AS (
    SELECT sku_id, sum(quantity) AS quantity, array_agg(site_id) AS sites
    FROM unnest(%(skus)s::bigint[], %(sites)s::bigint[], %(quantities)s::numeric[]) AS free (sku_id, site_id, quantity)
    GROUP BY sku_id
),
queue AS (
    SELECT sku_id, sites, quantity AS left_over, 0 AS place, -32768 AS rank, '-infinity'::timestamptz AS since,
           '00000000-0000-0000-0000-000000000000'::uuid AS id, NULL::uuid AS line_id, NULL::uuid AS order_id,
           NULL::bigint AS channel_id, NULL::varchar AS country, NULL::float8 AS latitude, NULL::float8 AS longitude
    FROM goods
    UNION ALL
    SELECT queue.sku_id, queue.sites, queue.left_over - next.quantity * (next.order_id <> ALL(%(changing)s::uuid[]))::int,
           queue.place + 1, next.rank, next.since, next.id,
           next.line_id, next.order_id, next.channel_id, next.country, next.latitude, next.longitude
    FROM queue
    CROSS JOIN LATERAL (
        SELECT waiting.priority * -1 AS rank, waiting.since, waiting.id, waiting.line_id, waiting.order_id,
               waiting.quantity, "order".channel_id, "order".country, "order".latitude, "order".longitude
        FROM orders_backorder AS waiting
        JOIN orders_order AS "order" ON "order".id = waiting.order_id
        WHERE waiting.sku_id = queue.sku_id AND waiting.ended_at IS NULL
          AND (waiting.priority * -1, waiting.since, waiting.id) > (queue.rank, queue.since, queue.id)
          AND "order".channel_id = ANY(%(channels)s)
          AND ("order".held_at IS NULL OR "order".id = ANY(%(resuming)s::uuid[]))
          AND (%(most_parcels)s::int IS NULL OR (
                SELECT count(DISTINCT claim.site_id) < %(most_parcels)s
                    OR bool_or(claim.site_id = ANY(queue.sites))
                FROM orders_line AS line
                JOIN stock_reservation AS claim
                  ON claim.line_id = line.id AND claim.ended_at IS NULL AND claim.cart IS NULL
                 AND claim.supply_id IS NULL
                WHERE line.order_id = waiting.order_id))
        ORDER BY waiting.priority * -1, waiting.since, waiting.id
        LIMIT 1
    ) AS next
    WHERE queue.left_over > 0 AND queue.place < %(most)s
)
SELECT line_id, order_id, sku_id, channel_id, country, latitude, longitude, rank, since, id
FROM queue
WHERE place > 0
