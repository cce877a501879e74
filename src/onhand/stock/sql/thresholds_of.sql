-- Thresholds of SKUs at sites, by code.
SELECT sku.code, site.code, threshold.quantity
FROM stock_threshold AS threshold
JOIN catalog_sku AS sku ON sku.id = threshold.sku_id
JOIN places_site AS site ON site.id = threshold.site_id
WHERE sku.code = ANY (%(skus)s) AND site.code = ANY (%(sites)s)
