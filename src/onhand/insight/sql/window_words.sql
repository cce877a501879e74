-- Products whose name has these words (the last one begun), or whose code or SKU begins so. Each branch brings its own
-- first page, by way of its own index.
AND product.id IN (
    (
        SELECT product.id
        FROM catalog_product AS product
        WHERE {filters} AND to_tsvector('simple'::regconfig, coalesce(product.name, '')::text)
            @@ (nullif(plainto_tsquery('simple', %(text)s)::text, '') || ':*')::tsquery
        ORDER BY product.code
        LIMIT %(most)s
    )
    UNION ALL
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
)
