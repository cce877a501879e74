-- The price of each SKU in one currency that holds at a moment: the last begun. One index probe a SKU.
SELECT wanted.sku_id, price.amount
FROM (SELECT DISTINCT unnest(%(skus)s::bigint[]) AS sku_id) AS wanted
CROSS JOIN LATERAL (
    SELECT price.amount
    FROM catalog_price AS price
    WHERE price.sku_id = wanted.sku_id AND price.currency = %(currency)s AND price.valid_from <= %(at)s
    ORDER BY price.valid_from DESC
    LIMIT 1
) AS price
