-- Passkeys of addresses that no customer has any more, and those of which it is not known under which they were made.
DELETE FROM customers_account_passkey AS passkey
WHERE NOT EXISTS (SELECT FROM customers_customer AS customer WHERE customer.marks @> ARRAY[passkey.mark])
RETURNING id, customer
