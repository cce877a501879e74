-- The ledger, oldest first.
SELECT
    move.at, move.recorded_at, sku.code AS sku, lot.code AS lot, move.quantity, source_site.code AS source_site,
    source.code AS source, target_site.code AS target_site, target.code AS target, move.reason, move.reference, move.actor
FROM stock_move AS move
JOIN catalog_sku AS sku ON sku.id = move.sku_id
JOIN places_location AS source ON source.id = move.source_id
JOIN places_site AS source_site ON source_site.id = source.site_id
JOIN places_location AS target ON target.id = move.target_id
JOIN places_site AS target_site ON target_site.id = target.site_id
LEFT JOIN stock_lot AS lot ON lot.id = move.lot_id
ORDER BY move.at, move.id
