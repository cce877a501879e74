-- A page of products on sale, in the order of their codes, with the filters asked for and the words, if any.
SELECT product.code
FROM catalog_product AS product
WHERE {filters} {words}
ORDER BY product.code
LIMIT %(most)s
