-- Empty positions for SKUs new to a site.
INSERT INTO stock_position (sku_id, site_id)
SELECT sku_id, site_id
FROM unnest(%s::bigint[], %s::bigint[]) AS missing (sku_id, site_id)
ORDER BY sku_id, site_id
ON CONFLICT DO NOTHING
