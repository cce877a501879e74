-- A SKU at the end of each day, in UTC: what is there now, less what has changed since, day by day backwards. Goods are
-- on hand by the moves, reserved by the claims that were open; of today, what is there now.
WITH here AS (
    SELECT id, site_id, kind FROM places_location
    WHERE %(site)s::bigint IS NULL OR site_id = %(site)s
),
moved AS (
    SELECT (move.at AT TIME ZONE 'UTC')::date AS day,
           sum(CASE WHEN end_.kind <> 'virtual' THEN end_.quantity ELSE 0 END) AS on_hand,
           sum(CASE WHEN end_.kind IN ('quarantine', 'damaged') THEN end_.quantity ELSE 0 END) AS unsellable,
           0::numeric AS reserved
    FROM stock_move AS move
    CROSS JOIN LATERAL (
        SELECT here.kind, move.quantity FROM here WHERE here.id = move.target_id
        UNION ALL
        SELECT here.kind, -move.quantity FROM here WHERE here.id = move.source_id
    ) AS end_
    WHERE move.sku_id = %(sku)s AND move.at >= %(since)s::timestamptz
    GROUP BY 1
),
claimed AS (
    SELECT (event.at AT TIME ZONE 'UTC')::date AS day, 0::numeric, 0::numeric, sum(event.quantity)
    FROM stock_reservation AS claim
    CROSS JOIN LATERAL (VALUES (claim.made_at, claim.quantity), (claim.ended_at, -claim.quantity))
        AS event (at, quantity)
    WHERE claim.sku_id = %(sku)s AND claim.supply_id IS NULL AND event.at >= %(since)s::timestamptz
      AND (%(site)s::bigint IS NULL OR claim.site_id = %(site)s)
    GROUP BY 1
),
change AS (
    SELECT day, sum(on_hand) AS on_hand, sum(unsellable) AS unsellable, sum(reserved) AS reserved
    FROM (SELECT * FROM moved UNION ALL SELECT * FROM claimed) AS either
    GROUP BY day
),
present AS (
    SELECT coalesce(sum(on_hand), 0) AS on_hand, coalesce(sum(unsellable), 0) AS unsellable,
           coalesce(sum(reserved), 0) AS reserved
    FROM stock_position
    WHERE sku_id = %(sku)s AND (%(site)s::bigint IS NULL OR site_id = %(site)s)
)
SELECT day.day,
       present.on_hand - coalesce(sum(change.on_hand) OVER later, 0),
       present.reserved - coalesce(sum(change.reserved) OVER later, 0),
       (present.on_hand - present.unsellable - present.reserved)
       - coalesce(sum(change.on_hand - change.unsellable - change.reserved) OVER later, 0)
FROM present
CROSS JOIN (SELECT generate_series(%(first)s::date, %(last)s::date, '1 day')::date AS day) AS day
LEFT JOIN change ON change.day = day.day
WINDOW later AS (ORDER BY day.day DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
ORDER BY day.day
