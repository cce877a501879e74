-- What every write needs to know of its SKUs. A SKU of a retired product is retired with it.
SELECT
    sku.id, sku.code, sku.name, sku.unit, sku.tracking, sku.shelf_life_days, sku.active AND product.active AS active
FROM catalog_sku AS sku
JOIN catalog_product AS product ON product.id = sku.product_id
WHERE sku.code = ANY (%s)
