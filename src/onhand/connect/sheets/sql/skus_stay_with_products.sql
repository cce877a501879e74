-- A SKU stays with the product it was made for.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    clean.row, 'product', clean.product, 'sku_of_other_product',
    format('SKU %L belongs to product %L', clean.sku, now.product), 'name that product, or choose another SKU code'
FROM {clean} AS clean
JOIN {now} AS now USING (row)
WHERE now.known AND clean.product <> now.product
