-- What a site is called, what time it is there, and below which quantity of a SKU somebody wants to know.
SELECT site.code, site.name, site.time_zone, threshold.quantity, threshold.crossed_at
FROM stock_position AS position
JOIN places_site AS site ON site.id = position.site_id
LEFT JOIN stock_threshold AS threshold ON threshold.sku_id = position.sku_id AND threshold.site_id = position.site_id
WHERE position.sku_id = %s
