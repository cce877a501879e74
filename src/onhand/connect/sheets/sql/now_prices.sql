-- How the prices a sheet names are now, a row each: those from the very same moment, or, without one, those that hold.
SELECT
    clean.row, price.amount IS NOT NULL AS known, clean.sku, clean.currency, clean.valid_from, price.amount,
    price.valid_from AS begins
FROM {rows} AS clean
LEFT JOIN catalog_sku AS sku ON sku.code = clean.sku
LEFT JOIN LATERAL (
    SELECT price.amount, price.valid_from
    FROM catalog_price AS price
    WHERE price.sku_id = sku.id AND price.currency = clean.currency
        AND (price.valid_from = clean.valid_from OR clean.valid_from IS NULL AND price.valid_from <= now())
    ORDER BY price.valid_from DESC
    LIMIT 1
) AS price ON true
