-- All prices of SKUs, past and to come; each ends where the next of its currency begins.
SELECT
    sku_id, currency, amount, valid_from,
    lead(valid_from) OVER (PARTITION BY sku_id, currency ORDER BY valid_from) AS valid_to
FROM catalog_price
WHERE sku_id = ANY (%s)
ORDER BY sku_id, currency, valid_from
