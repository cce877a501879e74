-- What lies at locations, lot by lot.
SELECT balance.location_id, balance.sku_id, location.site_id, location.code, location.kind,
       balance.lot_id, lot.code, lot.expires_on, balance.quantity
FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (location_id, sku_id)
JOIN stock_balance AS balance USING (sku_id, location_id)
JOIN places_location AS location ON location.id = balance.location_id
LEFT JOIN stock_lot AS lot ON lot.id = balance.lot_id
WHERE balance.quantity > 0
