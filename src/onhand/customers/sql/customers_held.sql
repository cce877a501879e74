-- Customers as they are kept, locked in order of their codes.
SELECT code, name, email, phone, country
FROM customers_customer WHERE code = ANY (%s) ORDER BY code FOR NO KEY UPDATE
