-- What an order holds, line by line, where, and on which goods to come.
SELECT line.number, sku.code, site.code, site.name, claim.quantity, claim.made_at, supply.reference, supply.due
FROM orders_line AS line
JOIN stock_reservation AS claim ON claim.line_id = line.id AND claim.ended_at IS NULL AND claim.cart IS NULL
JOIN catalog_sku AS sku ON sku.id = claim.sku_id
JOIN places_site AS site ON site.id = claim.site_id
LEFT JOIN stock_supply AS supply ON supply.id = claim.supply_id
WHERE line.order_id = %s
ORDER BY line.number, supply.due NULLS FIRST, site.code, claim.id
