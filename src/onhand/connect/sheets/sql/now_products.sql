-- How the SKUs a sheet names are now, a row each; of a new SKU, the product it will join.
SELECT
    clean.row, sku.id IS NOT NULL AS known, clean.sku,
    coalesce(own.code, other.code) AS product,
    coalesce(own.name, other.name) AS name,
    sku.name AS sku_name,
    coalesce(own.description, other.description) AS description,
    CASE
        WHEN lower(clean.category) IN (lower(category.code), lower(category.name)) THEN clean.category
        ELSE category.code
    END AS category,
    sku.unit, sku.tracking, sku.shelf_life_days, sku.active,
    CASE WHEN barcodes.codes @> ARRAY[clean.barcode] THEN clean.barcode ELSE barcodes.codes[1] END AS barcode,
    price.amount AS price, clean.currency,
    barcodes.list AS barcodes, price.valid_from AS price_from, coalesce(own.active, other.active) AS product_active
FROM {rows} AS clean
LEFT JOIN catalog_sku AS sku ON sku.code = clean.sku
LEFT JOIN catalog_product AS own ON own.id = sku.product_id
LEFT JOIN catalog_product AS other ON sku.id IS NULL AND other.code = coalesce(clean.product, clean.sku)
LEFT JOIN catalog_category AS category ON category.id = coalesce(own.category_id, other.category_id)
LEFT JOIN LATERAL (
    SELECT
        array_agg(barcode.code::text ORDER BY barcode.quantity, barcode.code) AS codes,
        jsonb_agg(
            jsonb_build_object('code', barcode.code, 'level', barcode.level, 'quantity', barcode.quantity::text)
            ORDER BY barcode.quantity, barcode.code
        ) AS list
    FROM catalog_barcode AS barcode
    WHERE barcode.sku_id = sku.id
) AS barcodes ON sku.id IS NOT NULL
LEFT JOIN LATERAL (
    SELECT price.amount, price.valid_from
    FROM catalog_price AS price
    WHERE price.sku_id = sku.id AND price.currency = clean.currency AND price.valid_from <= now()
    ORDER BY price.valid_from DESC
    LIMIT 1
) AS price ON sku.id IS NOT NULL
