-- What is to come, or has come, by the day it is due.
SELECT supply.due, supply.id,
       supply.id, supply.kind, supply.reference, sku.code, site.code, origin.code, lot.code, supply.quantity,
       supply.received,
       CASE WHEN supply.closed_at IS NULL THEN greatest(supply.quantity - supply.received, 0) ELSE 0 END, supply.promised, supply.due,
       supply.created_at, supply.closed_at
FROM stock_supply AS supply
JOIN catalog_sku AS sku ON sku.id = supply.sku_id
JOIN places_site AS site ON site.id = supply.site_id
LEFT JOIN places_site AS origin ON origin.id = supply.origin_id
LEFT JOIN stock_lot AS lot ON lot.id = supply.lot_id
WHERE {filters}
ORDER BY supply.due, supply.id
LIMIT %(most)s
