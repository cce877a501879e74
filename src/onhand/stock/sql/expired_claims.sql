-- Claims of carts whose time is up, found by their time: there are few at any moment, however many are held.
SELECT claim.id, claim.sku_id, claim.site_id, claim.quantity, claim.made_at, claim.line_id, claim.cart, claim.expires_at,
       claim.supply_id
FROM stock_reservation AS claim
WHERE claim.ended_at IS NULL AND claim.line_id IS NULL AND claim.expires_at <= %(now)s
  AND (%(skus)s::bigint[] IS NULL OR claim.sku_id = ANY(%(skus)s))
LIMIT %(most)s
