-- Customers of whom something is known, who came before a moment and have not ordered since.
SELECT customer.code
FROM customers_customer AS customer
WHERE customer.created_at < %(before)s
    AND (customer.name <> '' OR customer.email <> '' OR customer.phone <> '')
    AND NOT EXISTS (
        SELECT FROM orders_order AS "order"
        WHERE "order".customer_id = customer.id AND "order".recorded_at >= %(before)s
    )
ORDER BY customer.id
LIMIT %(most)s
