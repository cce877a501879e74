-- What lies where a sheet says something lies, a row each. Where nothing lies and nothing shall, all is as it was.
SELECT
    clean.row, coalesce(balance.quantity, 0) <> 0 OR coalesce(clean.quantity = 0, false) AS known, clean.site, clean.location, clean.sku,
    clean.lot, coalesce(balance.quantity, 0) AS quantity, coalesce(clean.expires_on, lot.expires_on) AS expires_on, location.kind
FROM {rows} AS clean
LEFT JOIN places_site AS site ON site.code = clean.site
LEFT JOIN places_location AS location ON location.site_id = site.id AND location.code = clean.location
LEFT JOIN catalog_sku AS sku ON sku.code = clean.sku
LEFT JOIN stock_lot AS lot ON lot.sku_id = sku.id AND lot.code = clean.lot
LEFT JOIN stock_balance AS balance ON balance.sku_id = sku.id AND balance.location_id = location.id
    AND balance.lot_id IS NOT DISTINCT FROM lot.id AND (clean.lot IS NULL OR lot.id IS NOT NULL)
