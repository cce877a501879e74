-- Take away the barcodes these SKUs no longer list; answers the SKUs that had some.
DELETE FROM catalog_barcode AS barcode
WHERE barcode.sku_id = ANY (%(skus)s)
    AND NOT EXISTS (
        SELECT
        FROM unnest(%(code)s::text[], %(sku_id)s::bigint[]) AS wanted (code, sku_id)
        WHERE (wanted.code, wanted.sku_id) = (barcode.code, barcode.sku_id)
    )
RETURNING barcode.sku_id
