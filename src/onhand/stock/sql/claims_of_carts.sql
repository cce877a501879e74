-- Open claims of carts. That they are of no line goes without saying; said, another index would look as good.
SELECT claim.id, claim.sku_id, claim.site_id, claim.quantity, claim.made_at, claim.line_id, claim.cart, claim.expires_at,
       claim.supply_id
FROM stock_reservation AS claim
WHERE claim.cart = ANY(%s) AND claim.ended_at IS NULL
ORDER BY claim.made_at, claim.id
