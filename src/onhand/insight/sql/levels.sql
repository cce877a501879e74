-- What there is, by site and by category: one look at all positions, which the database may share among workers, and
-- then the few sums of that added up both ways.
SELECT summed.is_category = 1, coalesce(site.code, category.code), coalesce(site.name, category.name),
       summed.on_hand, summed.reserved, summed.available, summed.inbound, summed.skus
FROM (
    SELECT site_id, category_id, grouping(site_id) AS is_category, sum(on_hand) AS on_hand,
           sum(reserved) AS reserved, sum(available) AS available, sum(inbound) AS inbound, sum(skus)::bigint AS skus
    FROM (
        SELECT position.site_id, product.category_id, sum(position.on_hand) AS on_hand,
               sum(position.reserved) AS reserved, sum(position.available) AS available,
               sum(position.inbound) AS inbound, count(*) FILTER (WHERE position.on_hand > 0) AS skus
        FROM stock_position AS position
        JOIN catalog_sku AS sku ON sku.id = position.sku_id
        JOIN catalog_product AS product ON product.id = sku.product_id
        GROUP BY position.site_id, product.category_id
    ) AS each_way
    GROUP BY GROUPING SETS ((site_id), (category_id))
) AS summed
LEFT JOIN places_site AS site ON site.id = summed.site_id
LEFT JOIN catalog_category AS category ON category.id = summed.category_id
ORDER BY summed.is_category, site.code, category.code
