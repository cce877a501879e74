-- Every threshold.
SELECT site.code AS site, sku.code AS sku, threshold.quantity
FROM stock_threshold AS threshold
JOIN catalog_sku AS sku ON sku.id = threshold.sku_id
JOIN places_site AS site ON site.id = threshold.site_id
ORDER BY site.code, sku.code
