-- SKUs on sale, by code: what is shown of each. What is retired, or not published, is not on sale.
SELECT
    sku.code, sku.id, coalesce(nullif(sku.name, ''), product.name) AS name, sku.unit, product.code, product.name,
    product.description, coalesce(category.code, ''), coalesce(category.name, '')
FROM catalog_sku AS sku
JOIN catalog_product AS product ON product.id = sku.product_id
LEFT JOIN catalog_category AS category ON category.id = product.category_id
WHERE sku.code = ANY (%s) AND sku.active AND product.active AND product.published
