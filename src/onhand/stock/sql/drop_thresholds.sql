-- Take away the thresholds whose new quantity is null.
DELETE FROM stock_threshold AS threshold
USING unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS wanted (sku_id, site_id, quantity)
WHERE threshold.sku_id = wanted.sku_id AND threshold.site_id = wanted.site_id AND wanted.quantity IS NULL
