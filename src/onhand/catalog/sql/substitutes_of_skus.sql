-- What may be offered instead of SKUs, best first.
SELECT substitute.sku_id, other.code, other.name, substitute.rank
FROM catalog_substitute AS substitute
JOIN catalog_sku AS other ON other.id = substitute.other_id
WHERE substitute.sku_id = ANY (%s)
ORDER BY substitute.sku_id, substitute.rank
