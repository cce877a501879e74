-- The SKUs a sheet of stock names, and the sites where something of them will lie.
SELECT DISTINCT sku.id, site.id
FROM {rows} AS clean
JOIN catalog_sku AS sku ON sku.code = clean.sku
JOIN places_site AS site ON site.code = clean.site
WHERE NOT EXISTS (
    SELECT FROM stock_position AS position WHERE position.sku_id = sku.id AND position.site_id = site.id
)
ORDER BY 1, 2
