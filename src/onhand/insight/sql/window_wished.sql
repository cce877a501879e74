-- SKUs somebody wants to be told of that are sold in the window and lie at one of these sites again.
SELECT sku.code
FROM (SELECT DISTINCT sku_id FROM customers_wish WHERE ended_at IS NULL) AS wish
JOIN catalog_sku AS sku ON sku.id = wish.sku_id AND sku.active
JOIN catalog_product AS product ON product.id = sku.product_id AND product.active AND product.published
WHERE EXISTS (
    SELECT
    FROM stock_position AS position
    WHERE position.sku_id = wish.sku_id AND position.site_id = ANY (%(sites)s) AND position.available > 0
)
ORDER BY sku.code
LIMIT %(most)s
