-- Below how much somebody is told now, a row each. Where nothing is set and nothing shall be, all is as it was.
SELECT
    clean.row, threshold.quantity IS NOT NULL OR coalesce(clean.quantity = 0, false) AS known, clean.site, clean.sku,
    coalesce(threshold.quantity, 0) AS quantity
FROM {rows} AS clean
LEFT JOIN places_site AS site ON site.code = clean.site
LEFT JOIN catalog_sku AS sku ON sku.code = clean.sku
LEFT JOIN stock_threshold AS threshold ON threshold.sku_id = sku.id AND threshold.site_id = site.id
