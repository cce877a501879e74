-- A barcode means one SKU; the first row that claims it has it.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    row, 'barcode', barcode, 'barcode_taken', format('row %s gives this barcode to SKU %L', first_row, first_sku),
    'correct the code in one of the rows'
FROM (
    SELECT
        row, barcode, sku, first_value(row) OVER claims AS first_row, first_value(sku) OVER claims AS first_sku
    FROM {clean}
    WHERE barcode IS NOT NULL
    WINDOW claims AS (PARTITION BY barcode ORDER BY row)
) AS claimed
WHERE sku <> first_sku
