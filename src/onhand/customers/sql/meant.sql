-- Customers who have all of these marks. They are gathered before they are put in order: who asks for a few in the order
-- of their codes would have the index of codes walked until somebody fits.
WITH marked AS MATERIALIZED (
    SELECT id FROM customers_customer WHERE marks @> %(marks)s::text[] LIMIT %(looked_at)s
)
SELECT customer.code, customer.name, customer.email, customer.phone, customer.country, customer.created_at,
       customer.language, customer.representative, customer.priority, customer.id
FROM marked
JOIN customers_customer AS customer USING (id)
ORDER BY customer.code
LIMIT %(most)s
