-- The SKUs of a product, with their own state rather than the product's.
SELECT id, code, name, unit, tracking, shelf_life_days, active
FROM catalog_sku
WHERE product_id = %s
ORDER BY code
