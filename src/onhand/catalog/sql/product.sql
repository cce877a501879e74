-- One product with its category's code.
SELECT
    product.id, product.code, product.name, product.description, category.code, product.active, product.published,
    product.created_at
FROM catalog_product AS product
LEFT JOIN catalog_category AS category ON category.id = product.category_id
WHERE product.code = %s
