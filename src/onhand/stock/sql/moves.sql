-- The ledger, latest first. Names are looked up for the page alone, not for all that might have been on it.
SELECT move.at, move.id,
       move.id, move.at, move.recorded_at, sku.code, lot.code, move.quantity, source_site.code, source.code,
       target_site.code, target.code, move.reason, move.reference, move.actor
FROM (
    SELECT move.*
    FROM stock_move AS move
    WHERE {filters}
    ORDER BY move.at DESC, move.id DESC
    LIMIT %(most)s
) AS move
JOIN catalog_sku AS sku ON sku.id = move.sku_id
JOIN places_location AS source ON source.id = move.source_id
JOIN places_site AS source_site ON source_site.id = source.site_id
JOIN places_location AS target ON target.id = move.target_id
JOIN places_site AS target_site ON target_site.id = target.site_id
LEFT JOIN stock_lot AS lot ON lot.id = move.lot_id
ORDER BY move.at DESC, move.id DESC
