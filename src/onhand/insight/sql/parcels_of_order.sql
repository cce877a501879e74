-- What was sent under a document, from where and when: what leaves one site at one moment is a parcel.
SELECT move.at, site.name, sku.code, sum(move.quantity)
FROM stock_move AS move
JOIN catalog_sku AS sku ON sku.id = move.sku_id
JOIN places_location AS source ON source.id = move.source_id
JOIN places_site AS site ON site.id = source.site_id
WHERE move.reference = %s AND move.reason = 'sale'
GROUP BY move.at, site.name, sku.code
ORDER BY move.at, site.name, sku.code
