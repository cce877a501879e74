-- How many published reviews of each number of stars SKUs have.
SELECT sku, stars, count(*)
FROM customers_reviews_review
WHERE sku = ANY(%s) AND state = 'published'
GROUP BY sku, stars
