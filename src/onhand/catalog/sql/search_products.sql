-- Products whose code, SKU or name begins so, whose barcode does, or whose name has these words (the last one begun).
-- One branch an index. A GTIN is kept with zeros before it, hence four beginnings of a barcode.
SELECT id FROM catalog_product WHERE lower(code) LIKE lower(%(prefix)s COLLATE "C")
UNION ALL
SELECT product_id FROM catalog_sku WHERE lower(code) LIKE lower(%(prefix)s COLLATE "C")
UNION ALL
SELECT sku.product_id
FROM catalog_barcode AS barcode
JOIN catalog_sku AS sku ON sku.id = barcode.sku_id
WHERE barcode.code LIKE %(barcode)s OR barcode.code LIKE %(barcode_13)s
    OR barcode.code LIKE %(barcode_12)s OR barcode.code LIKE %(barcode_8)s
UNION ALL
SELECT id FROM catalog_product WHERE lower(name) LIKE lower(%(prefix)s)
UNION ALL
SELECT id
FROM catalog_product
WHERE to_tsvector('simple'::regconfig, coalesce(name, '')::text)
    @@ (nullif(plainto_tsquery('simple', %(text)s)::text, '') || ':*')::tsquery
