-- Every price, past and to come.
SELECT sku.code AS sku, price.currency, price.amount, price.valid_from
FROM catalog_price AS price
JOIN catalog_sku AS sku ON sku.id = price.sku_id
ORDER BY sku.code, price.currency, price.valid_from
