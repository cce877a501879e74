-- A code that is being sent.
INSERT INTO customers_account_code (asking, purpose, customer, mark, digest, made_at, expires_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
