-- The code of an address that was sent last for all who share it, where it holds for long enough still.
SELECT digest, expires_at
FROM customers_account_code
WHERE mark = %s AND shared AND expires_at > %s
ORDER BY expires_at DESC
LIMIT 1
