-- What orders wait for without a promise, by SKU: they are served from what comes before anybody else is.
SELECT sku.code, greatest(waits.quantity - pegs.quantity, 0)
FROM catalog_sku AS sku
CROSS JOIN LATERAL (
    SELECT coalesce(sum(backorder.quantity), 0) AS quantity
    FROM orders_backorder AS backorder
    WHERE backorder.sku_id = sku.id AND backorder.ended_at IS NULL
) AS waits
CROSS JOIN LATERAL (
    SELECT coalesce(sum(supply.promised), 0) AS quantity
    FROM stock_supply AS supply
    WHERE supply.sku_id = sku.id AND supply.closed_at IS NULL
) AS pegs
WHERE sku.code = ANY (%s)
