-- The named SKUs as they stand, each with its product's code.
SELECT sku.code, sku.id, product.code, sku.unit, sku.tracking
FROM catalog_sku AS sku
JOIN catalog_product AS product ON product.id = sku.product_id
WHERE sku.code = ANY (%s)
