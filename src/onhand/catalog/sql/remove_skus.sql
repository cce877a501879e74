-- Remove SKUs with all that is theirs, and products left without one; answers each SKU, its product, and whether that went.
WITH gone AS (
    DELETE FROM catalog_sku WHERE id = ANY (%s) RETURNING id, code, product_id
),
barcodes AS (DELETE FROM catalog_barcode USING gone WHERE sku_id = gone.id),
prices AS (DELETE FROM catalog_price USING gone WHERE sku_id = gone.id),
substitutes AS (DELETE FROM catalog_substitute USING gone WHERE gone.id IN (sku_id, other_id)),
emptied AS (
    DELETE FROM catalog_product AS product
    USING (SELECT DISTINCT product_id FROM gone) AS touched
    WHERE product.id = touched.product_id
        AND NOT EXISTS (
            SELECT
            FROM catalog_sku AS left_over
            WHERE left_over.product_id = product.id AND NOT EXISTS (SELECT FROM gone WHERE gone.id = left_over.id)
        )
    RETURNING product.id, product.code
)
SELECT gone.code, coalesce(emptied.code, product.code), emptied.id IS NOT NULL
FROM gone
LEFT JOIN emptied ON emptied.id = gone.product_id
LEFT JOIN catalog_product AS product ON product.id = gone.product_id
