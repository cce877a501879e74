-- What lies in the saleable locations of sites. Quarantine and damaged are not for sale, virtual places not on hand.
SELECT wanted.sku_id, wanted.site_id, location.id, location.code, location.kind,
       balance.lot_id, lot.code, lot.expires_on, balance.quantity
FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (sku_id, site_id)
JOIN stock_balance AS balance ON balance.sku_id = wanted.sku_id AND balance.quantity > 0 AND NOT balance.virtual
JOIN places_location AS location ON location.id = balance.location_id AND location.site_id = wanted.site_id
LEFT JOIN stock_lot AS lot ON lot.id = balance.lot_id
WHERE location.kind NOT IN ('quarantine', 'damaged', 'virtual')
