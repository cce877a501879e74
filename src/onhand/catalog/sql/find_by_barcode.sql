-- What a kept barcode means.
SELECT
    barcode.code, barcode.level, barcode.quantity, sku.id, sku.code, sku.name, sku.unit, product.code,
    sku.active AND product.active AS active
FROM catalog_barcode AS barcode
JOIN catalog_sku AS sku ON sku.id = barcode.sku_id
JOIN catalog_product AS product ON product.id = sku.product_id
WHERE barcode.code = %s
