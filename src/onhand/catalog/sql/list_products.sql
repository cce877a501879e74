-- A page of products in the order of their codes, with the filters asked for.
SELECT
    product.id, product.code, product.name, category.code AS category, product.active,
    (SELECT count(*) FROM catalog_sku AS sku WHERE sku.product_id = product.id) AS skus, product.created_at
FROM catalog_product AS product
LEFT JOIN catalog_category AS category ON category.id = product.category_id
WHERE {filters}
ORDER BY product.code
LIMIT %(most)s
