-- Take barcodes away from the SKUs that have them.
DELETE FROM catalog_barcode AS barcode
USING unnest(%(sku)s::text[], %(barcode)s::text[]) AS unwanted (sku, code), catalog_sku AS sku
WHERE sku.code = unwanted.sku AND barcode.sku_id = sku.id AND barcode.code = unwanted.code
RETURNING sku.code, barcode.code
