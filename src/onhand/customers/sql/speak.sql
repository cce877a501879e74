-- Keep the language of customers who have another one, or none.
UPDATE customers_customer AS customer SET language = %s
FROM (SELECT id, language FROM customers_customer WHERE code = ANY(%s) FOR NO KEY UPDATE) AS before
WHERE customer.id = before.id AND before.language IS DISTINCT FROM %s
RETURNING customer.code, before.language
