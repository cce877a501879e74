-- Customers who are reached at addresses, by its mark or, where it is not sealed yet, as it stands: the first few of each.
SELECT wanted.email, found.*
FROM unnest(%(emails)s::text[], %(marks)s::text[]) AS wanted (email, mark)
CROSS JOIN LATERAL (
    SELECT customer.code, customer.name, customer.email, customer.phone, customer.country, customer.created_at,
           customer.language, customer.representative, customer.priority, customer.id
    FROM customers_customer AS customer
    WHERE customer.marks @> ARRAY[wanted.mark] OR (customer.email = wanted.email AND customer.email <> '')
    ORDER BY customer.id
    LIMIT %(most)s
) AS found
ORDER BY found.id
