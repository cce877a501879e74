-- Thresholds, with what is available now and since when that has been too little.
SELECT threshold.sku_id, threshold.site_id,
       sku.code, site.code, threshold.quantity, coalesce(position.available, 0), threshold.crossed_at
FROM stock_threshold AS threshold
JOIN catalog_sku AS sku ON sku.id = threshold.sku_id
JOIN places_site AS site ON site.id = threshold.site_id
LEFT JOIN stock_position AS position
    ON position.sku_id = threshold.sku_id AND position.site_id = threshold.site_id
WHERE {filters}
ORDER BY threshold.sku_id, threshold.site_id
LIMIT %(most)s
