-- Positions by the codes people know them by, one by one.
SELECT pair.sku_id, pair.site_id, sku.code, site.code
FROM unnest(%s::bigint[], %s::bigint[]) AS pair (sku_id, site_id)
JOIN catalog_sku AS sku ON sku.id = pair.sku_id
JOIN places_site AS site ON site.id = pair.site_id
