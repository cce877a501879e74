-- What was ordered most since a moment and not cancelled, with what is left of it to sell over all sites.
SELECT sku.code, sku.name, best.pieces,
       (SELECT coalesce(sum(available), 0) FROM stock_position WHERE sku_id = best.sku_id),
       (SELECT coalesce(sum(quantity), 0) FROM orders_backorder WHERE sku_id = best.sku_id AND ended_at IS NULL)
FROM (
    SELECT line.sku_id, sum(line.ordered - line.cancelled) AS pieces
    FROM orders_order AS "order"
    JOIN orders_line AS line ON line.order_id = "order".id
    WHERE "order".id >= %(since)s
    GROUP BY line.sku_id
    HAVING sum(line.ordered - line.cancelled) > 0
    ORDER BY pieces DESC, line.sku_id
    LIMIT %(most)s
) AS best
JOIN catalog_sku AS sku ON sku.id = best.sku_id
ORDER BY best.pieces DESC, best.sku_id
