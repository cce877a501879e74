-- Open claims on goods still to come, by supply; those made last in front.
SELECT claim.id, claim.sku_id, claim.site_id, claim.quantity, claim.made_at, claim.line_id, claim.cart, claim.expires_at,
       claim.supply_id
FROM stock_reservation AS claim
WHERE claim.supply_id = ANY(%s) AND claim.ended_at IS NULL
ORDER BY claim.made_at DESC, claim.id DESC
