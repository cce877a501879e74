-- Codes of customers of whom something is not sealed yet.
SELECT code
FROM customers_customer
WHERE (name <> '' AND name NOT LIKE 'oh1:%%')
    OR (email <> '' AND email NOT LIKE 'oh1:%%')
    OR (phone <> '' AND phone NOT LIKE 'oh1:%%')
ORDER BY code
LIMIT %s
