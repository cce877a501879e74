-- Every customer.
SELECT code, name, email, phone, country, 'customer/' || code AS whose FROM customers_customer ORDER BY code
