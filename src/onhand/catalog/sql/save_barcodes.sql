-- Create or update barcodes; answers the SKUs of those that were not so before.
INSERT INTO catalog_barcode AS barcode (code, sku_id, level, quantity)
SELECT *
FROM unnest(%(code)s::text[], %(sku_id)s::bigint[], %(level)s::text[], %(quantity)s::numeric[])
ON CONFLICT (code) DO UPDATE
SET (sku_id, level, quantity) = (excluded.sku_id, excluded.level, excluded.quantity)
WHERE (barcode.sku_id, barcode.level, barcode.quantity)
    IS DISTINCT FROM (excluded.sku_id, excluded.level, excluded.quantity)
RETURNING barcode.sku_id
