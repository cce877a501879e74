-- Products whose code, SKU or name begins so, whose barcode does, or whose name has these words (the last one begun).
-- Each branch brings its own first page, by way of its own index where few match and in the order of codes where many
-- do, so that one typed letter costs no more than a whole code. Barcodes are gathered first: those of one maker stand
-- together in the order of codes too, and a search in that order would walk past all others to reach them.
(
    SELECT product.id
    FROM catalog_product AS product
    WHERE {filters} AND lower(product.code) LIKE lower(%(prefix)s COLLATE "C")
    ORDER BY product.code
    LIMIT %(most)s
)
UNION ALL
(
    SELECT product.id
    FROM catalog_product AS product
    WHERE {filters} AND EXISTS (
        SELECT
        FROM catalog_sku AS sku
        WHERE sku.product_id = product.id AND lower(sku.code) LIKE lower(%(prefix)s COLLATE "C")
    )
    ORDER BY product.code
    LIMIT %(most)s
)
UNION ALL
(
    SELECT product.id
    FROM catalog_product AS product
    WHERE {filters} AND product.id IN (
        WITH owner AS MATERIALIZED (
            SELECT sku.product_id
            FROM catalog_barcode AS barcode
            JOIN catalog_sku AS sku ON sku.id = barcode.sku_id
            WHERE barcode.code LIKE %(barcode)s OR barcode.code LIKE %(barcode_13)s
                OR barcode.code LIKE %(barcode_12)s OR barcode.code LIKE %(barcode_8)s
        )
        SELECT product_id FROM owner
    )
    ORDER BY product.code
    LIMIT %(most)s
)
UNION ALL
(
    SELECT product.id
    FROM catalog_product AS product
    WHERE {filters} AND lower(product.name) LIKE lower(%(prefix)s)
    ORDER BY product.code
    LIMIT %(most)s
)
UNION ALL
(
    SELECT product.id
    FROM catalog_product AS product
    WHERE {filters}
        AND to_tsvector('simple'::regconfig, coalesce(product.name, '')::text)
            @@ (nullif(plainto_tsquery('simple', %(text)s)::text, '') || ':*')::tsquery
    ORDER BY product.code
    LIMIT %(most)s
)
