-- A code that is being sent, or holds in one more browser.
INSERT INTO customers_account_code (asking, purpose, customer, mark, digest, made_at, expires_at, shared)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
