-- A new passkey; one that is known already is not taken over.
INSERT INTO customers_account_passkey (customer, mark, handle, credential, public, signs, name, made_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (credential) DO NOTHING
RETURNING id
