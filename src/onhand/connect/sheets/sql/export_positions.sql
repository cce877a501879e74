-- SKUs at sites: what is there, promised, free and to come.
SELECT
    sku.code AS sku, sku.name, site.code AS site, position.on_hand, position.unsellable, position.reserved,
    position.available, position.inbound, position.in_transit
FROM stock_position AS position
JOIN catalog_sku AS sku ON sku.id = position.sku_id
JOIN places_site AS site ON site.id = position.site_id
ORDER BY sku.code, site.code
