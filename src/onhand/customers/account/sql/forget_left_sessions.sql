-- Sessions under addresses that no customer has any more.
DELETE FROM customers_account_session AS session
WHERE NOT EXISTS (SELECT FROM customers_customer AS customer WHERE customer.marks @> ARRAY[session.mark])
RETURNING id, customer
