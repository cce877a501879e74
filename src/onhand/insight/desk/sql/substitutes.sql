-- What may be offered instead of SKUs, best first: only what is sold.
SELECT sku.code, other.code, other.name
FROM catalog_sku AS sku
JOIN catalog_substitute AS substitute ON substitute.sku_id = sku.id
JOIN catalog_sku AS other ON other.id = substitute.other_id AND other.active
JOIN catalog_product AS product ON product.id = other.product_id AND product.active
WHERE sku.code = ANY (%(skus)s)
ORDER BY sku.code, substitute.rank, other.code
