-- What is sold of a category and all that lies below it, up to so many.
SELECT sku.code
FROM catalog_product AS product
JOIN catalog_sku AS sku ON sku.product_id = product.id
WHERE product.category_id = ANY(%(branch)s::bigint[]) AND product.active AND sku.active
ORDER BY sku.code
LIMIT %(most)s
