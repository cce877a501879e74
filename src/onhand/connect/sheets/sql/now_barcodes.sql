-- How the barcodes a sheet names are now, a row each.
SELECT clean.row, barcode.id IS NOT NULL AS known, clean.sku, clean.barcode, barcode.level, barcode.quantity
FROM {rows} AS clean
LEFT JOIN catalog_sku AS sku ON sku.code = clean.sku
LEFT JOIN catalog_barcode AS barcode ON barcode.code = clean.barcode AND barcode.sku_id = sku.id
