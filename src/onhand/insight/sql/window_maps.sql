-- Every so many-th SKU on sale, in the order of their codes.
SELECT code
FROM (
    SELECT sku.code, row_number() OVER (ORDER BY sku.code) AS place
    FROM catalog_sku AS sku
    JOIN catalog_product AS product ON product.id = sku.product_id
    WHERE sku.active AND product.active AND product.published
) AS one
WHERE place %% %s = 0
ORDER BY code
