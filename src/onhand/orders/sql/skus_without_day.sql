-- The SKUs somebody waits for who has not all of it promised, each found by one step along the index of those.
WITH RECURSIVE waited_for AS (
    (SELECT sku_id FROM orders_backorder WHERE ended_at IS NULL AND eta IS NULL ORDER BY sku_id LIMIT 1)
    UNION ALL
    SELECT (SELECT sku_id FROM orders_backorder
            WHERE ended_at IS NULL AND eta IS NULL AND sku_id > waited_for.sku_id ORDER BY sku_id LIMIT 1)
    FROM waited_for
    WHERE waited_for.sku_id IS NOT NULL
)
SELECT sku_id FROM waited_for WHERE sku_id IS NOT NULL
