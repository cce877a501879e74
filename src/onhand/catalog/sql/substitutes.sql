-- What may be offered instead of a SKU, best first.
SELECT substitute.rank, other.code, other.name, substitute.rank
FROM catalog_substitute AS substitute
JOIN catalog_sku AS other ON other.id = substitute.other_id
WHERE substitute.sku_id = (SELECT id FROM catalog_sku WHERE code = %(sku)s) AND {filters}
ORDER BY substitute.rank
LIMIT %(most)s
