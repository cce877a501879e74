-- A barcode that is another SKU's stays so.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    clean.row, 'barcode', clean.barcode, 'barcode_taken', format('it belongs to SKU %L already', owner.code),
    'take it away there, or correct the code'
FROM {clean} AS clean
JOIN catalog_barcode AS taken ON taken.code = clean.barcode
JOIN catalog_sku AS owner ON owner.id = taken.sku_id
WHERE owner.code <> clean.sku
