-- A customer signs in.
INSERT INTO customers_account_session (digest, customer, mark, way, began_at, seen_at, address, browser)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
RETURNING id
