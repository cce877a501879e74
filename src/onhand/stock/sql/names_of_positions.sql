-- Positions by the codes people know them by: each site, and its SKUs.
SELECT site.code, array_agg(sku.code ORDER BY sku.code)
FROM unnest(%s::bigint[], %s::bigint[]) AS pair (sku_id, site_id)
JOIN catalog_sku AS sku ON sku.id = pair.sku_id
JOIN places_site AS site ON site.id = pair.site_id
GROUP BY site.code
ORDER BY site.code
