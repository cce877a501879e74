-- Claims on stock at positions, those to give way first in front, until so much of each is made up for.
-- A cart's hold whose time is up gives way too, but makes up for nothing: what it held counts as free already.
SELECT id, sku_id, site_id, quantity, made_at, line_id, cart, expires_at, supply_id
FROM (
    SELECT claim.*, wanted.missing,
           sum(CASE WHEN claim.expires_at <= %(now)s THEN 0 ELSE claim.quantity END) OVER weakest_first AS made_up
    FROM unnest(%(skus)s::bigint[], %(sites)s::bigint[], %(missing)s::numeric[]) AS wanted (sku_id, site_id, missing)
    JOIN stock_reservation AS claim USING (sku_id, site_id)
    WHERE claim.ended_at IS NULL AND claim.supply_id IS NULL
    WINDOW weakest_first AS (
        PARTITION BY sku_id, site_id
        ORDER BY claim.cart IS NULL, claim.made_at DESC, claim.id DESC
        ROWS UNBOUNDED PRECEDING
    )
) AS claim
WHERE made_up - CASE WHEN expires_at <= %(now)s THEN 0 ELSE quantity END < missing
ORDER BY cart IS NULL, made_at DESC, id DESC
