-- What was moved under a reference, first things first.
SELECT move.at, sku.code, move.quantity, source_site.code, source.code, target_site.code, target.code, lot.code,
       move.reason, move.actor
FROM stock_move AS move
JOIN catalog_sku AS sku ON sku.id = move.sku_id
JOIN places_location AS source ON source.id = move.source_id
JOIN places_site AS source_site ON source_site.id = source.site_id
JOIN places_location AS target ON target.id = move.target_id
JOIN places_site AS target_site ON target_site.id = target.site_id
LEFT JOIN stock_lot AS lot ON lot.id = move.lot_id
WHERE move.reference = %(reference)s AND move.reference <> ''
ORDER BY move.at, move.id
LIMIT %(most)s
