-- The latest orders of SKUs. Lines have no index by SKU; each began with a claim or a backorder, though.
SELECT order_id FROM (
    SELECT DISTINCT order_id FROM (
        SELECT line.order_id
        FROM (SELECT claim.line_id FROM stock_reservation AS claim
              WHERE claim.sku_id IN (SELECT id FROM catalog_sku WHERE code = ANY (%(given)s)) AND claim.line_id IS NOT NULL
              ORDER BY claim.made_at DESC LIMIT 5000) AS claim
        JOIN orders_line AS line ON line.id = claim.line_id
        UNION ALL
        SELECT order_id FROM orders_backorder
        WHERE sku_id IN (SELECT id FROM catalog_sku WHERE code = ANY (%(given)s))
    ) AS either
) AS latest
ORDER BY order_id DESC LIMIT 5000
