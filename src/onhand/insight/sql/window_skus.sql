-- The SKUs on sale of some products, by product: the first dozen of each, in the order of their codes.
SELECT product.code, sku.code
FROM unnest(%s::text[]) AS wanted (code)
JOIN catalog_product AS product ON product.code = wanted.code COLLATE "C" AND product.active AND product.published
CROSS JOIN LATERAL (
    SELECT sku.code FROM catalog_sku AS sku WHERE sku.product_id = product.id AND sku.active ORDER BY sku.code LIMIT 12
) AS sku
ORDER BY product.code, sku.code
