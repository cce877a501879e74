-- What lies where, lot by lot.
SELECT site.code AS site, location.code AS location, sku.code AS sku, lot.code AS lot, balance.quantity, lot.expires_on
FROM stock_balance AS balance
JOIN places_location AS location ON location.id = balance.location_id
JOIN places_site AS site ON site.id = location.site_id
JOIN catalog_sku AS sku ON sku.id = balance.sku_id
LEFT JOIN stock_lot AS lot ON lot.id = balance.lot_id
WHERE NOT balance.virtual AND balance.quantity <> 0
ORDER BY site.code, location.code, sku.code, lot.code
