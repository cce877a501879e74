-- The barcodes of SKUs, smallest pack first.
SELECT sku_id, code, level, quantity FROM catalog_barcode WHERE sku_id = ANY (%s) ORDER BY sku_id, quantity, code
