-- Set or change thresholds.
INSERT INTO stock_threshold (sku_id, site_id, quantity)
SELECT sku_id, site_id, quantity
FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS wanted (sku_id, site_id, quantity)
WHERE quantity IS NOT NULL
ON CONFLICT (sku_id, site_id) DO UPDATE SET quantity = excluded.quantity
