-- Claims on stock at positions, those to give way first in front.
SELECT claim.id, claim.sku_id, claim.site_id, claim.quantity, claim.made_at, claim.line_id, claim.cart, claim.expires_at,
       claim.supply_id
FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (sku_id, site_id)
JOIN stock_reservation AS claim USING (sku_id, site_id)
WHERE claim.ended_at IS NULL AND claim.supply_id IS NULL
ORDER BY claim.cart IS NULL, claim.made_at DESC, claim.id DESC
