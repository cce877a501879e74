-- Every barcode and what it means.
SELECT sku.code AS sku, barcode.code AS barcode, barcode.level, barcode.quantity
FROM catalog_barcode AS barcode
JOIN catalog_sku AS sku ON sku.id = barcode.sku_id
ORDER BY sku.code, barcode.quantity, barcode.code
