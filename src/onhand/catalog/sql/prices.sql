-- The prices of a SKU, past and to come; each ends where the next of its currency begins.
SELECT price.currency, price.valid_from, price.currency, price.amount, price.valid_from, price.valid_to
FROM (
    SELECT
        currency, amount, valid_from,
        lead(valid_from) OVER (PARTITION BY currency ORDER BY valid_from) AS valid_to
    FROM catalog_price
    WHERE sku_id = (SELECT id FROM catalog_sku WHERE code = %(sku)s)
) AS price
WHERE {filters}
ORDER BY price.currency, price.valid_from
LIMIT %(most)s
