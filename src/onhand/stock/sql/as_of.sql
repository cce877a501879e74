-- Positions at a past moment: on hand from the moves that had happened, reserved from the claims that were open.
WITH wanted AS (SELECT id, code FROM catalog_sku WHERE code = ANY(%(skus)s)),
happened AS (
    SELECT move.sku_id, end_.location_id, sum(end_.quantity) AS quantity
    FROM wanted
    JOIN stock_move AS move ON move.sku_id = wanted.id AND move.at <= %(at)s AND move.recorded_at <= %(known_at)s
    CROSS JOIN LATERAL (VALUES (move.source_id, -move.quantity), (move.target_id, move.quantity))
        AS end_ (location_id, quantity)
    GROUP BY move.sku_id, end_.location_id
),
stocked AS (
    SELECT happened.sku_id, location.site_id,
           sum(happened.quantity) FILTER (WHERE location.kind <> 'virtual') AS on_hand,
           sum(happened.quantity) FILTER (WHERE location.kind IN ('quarantine', 'damaged')) AS unsellable
    FROM happened JOIN places_location AS location ON location.id = happened.location_id
    GROUP BY happened.sku_id, location.site_id
)
SELECT wanted.code, site.code, coalesce(stocked.on_hand, 0), coalesce(stocked.unsellable, 0), claimed.quantity,
       coalesce(stocked.on_hand, 0) - coalesce(stocked.unsellable, 0) - claimed.quantity
FROM stocked
JOIN wanted ON wanted.id = stocked.sku_id
JOIN places_site AS site ON site.id = stocked.site_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(claim.quantity), 0) AS quantity
    FROM stock_reservation AS claim
    WHERE claim.sku_id = stocked.sku_id AND claim.site_id = stocked.site_id AND claim.supply_id IS NULL
      AND claim.made_at <= %(at)s AND (claim.ended_at IS NULL OR claim.ended_at > %(at)s)
) AS claimed
WHERE %(after_sku)s::text IS NULL OR (wanted.code, site.code) > (%(after_sku)s, %(after_site)s)
ORDER BY wanted.code, site.code
LIMIT %(most)s
