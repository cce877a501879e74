-- Open claims, latest first, with who holds each: an order's line or a cart.
SELECT claim.id,
       claim.id, sku.code, site.code, claim.quantity, claim.made_at, channel.code, "order".number, line.number,
       claim.cart, claim.expires_at, supply.reference, supply.due
FROM stock_reservation AS claim
JOIN catalog_sku AS sku ON sku.id = claim.sku_id
JOIN places_site AS site ON site.id = claim.site_id
LEFT JOIN orders_line AS line ON line.id = claim.line_id
LEFT JOIN orders_order AS "order" ON "order".id = line.order_id
LEFT JOIN orders_channel AS channel ON channel.id = "order".channel_id
LEFT JOIN stock_supply AS supply ON supply.id = claim.supply_id
WHERE claim.ended_at IS NULL AND {filters}
ORDER BY claim.id DESC
LIMIT %(most)s
