-- Who owns these barcodes, and which others these SKUs own.
SELECT barcode.code, sku.code
FROM catalog_barcode AS barcode
JOIN catalog_sku AS sku ON sku.id = barcode.sku_id
WHERE barcode.code = ANY (%(barcodes)s)
UNION
SELECT barcode.code, sku.code
FROM catalog_barcode AS barcode
JOIN catalog_sku AS sku ON sku.id = barcode.sku_id
WHERE sku.code = ANY (%(skus)s)
