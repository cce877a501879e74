-- SKUs with their products, the barcode of the smallest pack, and the latest price that holds.
SELECT
    sku.code AS sku, product.code AS product, product.name, sku.name AS sku_name, product.description,
    category.code AS category, sku.unit, sku.tracking, sku.shelf_life_days, sku.active, barcode.code AS barcode,
    price.amount AS price, price.currency
FROM catalog_sku AS sku
JOIN catalog_product AS product ON product.id = sku.product_id
LEFT JOIN catalog_category AS category ON category.id = product.category_id
LEFT JOIN LATERAL (
    SELECT code FROM catalog_barcode WHERE sku_id = sku.id ORDER BY quantity, code LIMIT 1
) AS barcode ON true
LEFT JOIN LATERAL (
    SELECT amount, currency
    FROM catalog_price
    WHERE sku_id = sku.id AND valid_from <= now()
    ORDER BY valid_from DESC, currency
    LIMIT 1
) AS price ON true
ORDER BY sku.code
