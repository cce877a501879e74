-- Thresholds of SKUs at sites.
SELECT threshold.sku_id, threshold.site_id, threshold.quantity
FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (sku_id, site_id)
JOIN stock_threshold AS threshold ON threshold.sku_id = wanted.sku_id AND threshold.site_id = wanted.site_id
