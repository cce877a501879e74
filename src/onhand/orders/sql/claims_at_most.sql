-- How many claims a SKU has had, counted no further than needed.
SELECT count(*)
FROM (
    SELECT
    FROM stock_reservation
    WHERE sku_id = (SELECT id FROM catalog_sku WHERE code = %(sku)s)
    LIMIT %(most)s
) AS claim
