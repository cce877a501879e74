-- Customers, in the order of their codes.
SELECT customer.code, customer.code, customer.name, customer.email, customer.phone, customer.country,
       customer.created_at, customer.language, customer.representative, customer.priority, customer.id
FROM customers_customer AS customer
WHERE {filters}
ORDER BY customer.code
LIMIT %(most)s
