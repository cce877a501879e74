-- The product a SKU is of.
SELECT product.code, product.name, product.description, category.code, category.name, product.active,
    product.published
FROM catalog_sku AS sku
JOIN catalog_product AS product ON product.id = sku.product_id
LEFT JOIN catalog_category AS category ON category.id = product.category_id
WHERE sku.code = %s
