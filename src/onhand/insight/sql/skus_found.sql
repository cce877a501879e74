-- SKUs whose code begins so, or whose product's does, or whose name has these words, each perhaps only
-- begun; each way no more than are worth naming one by one.
(
    SELECT sku.id FROM catalog_sku AS sku
    WHERE lower(sku.code) LIKE lower(%(prefix)s COLLATE "C")
    LIMIT %(most)s
)
UNION
(
    SELECT sku.id FROM catalog_product AS product JOIN catalog_sku AS sku ON sku.product_id = product.id
    WHERE lower(product.code) LIKE lower(%(prefix)s COLLATE "C")
    LIMIT %(most)s
)
UNION
(
    SELECT sku.id FROM catalog_sku AS sku
    WHERE to_tsvector('simple'::regconfig, sku.name::text) @@ %(words)s::tsquery
    LIMIT %(most)s
)
