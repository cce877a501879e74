-- What lies where, by SKU, place and lot; of an empty place nothing is said.
SELECT balance.sku_id, balance.location_id, coalesce(balance.lot_id, 0),
       sku.code, site.code, location.code, location.kind, lot.code, lot.expires_on, balance.quantity
FROM stock_balance AS balance
JOIN catalog_sku AS sku ON sku.id = balance.sku_id
JOIN places_location AS location ON location.id = balance.location_id
JOIN places_site AS site ON site.id = location.site_id
LEFT JOIN stock_lot AS lot ON lot.id = balance.lot_id
WHERE balance.quantity <> 0 AND {filters}
ORDER BY balance.sku_id, balance.location_id, coalesce(balance.lot_id, 0)
LIMIT %(most)s
