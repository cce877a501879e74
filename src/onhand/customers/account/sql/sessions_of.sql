-- Where somebody is signed in under an address.
SELECT id, way, began_at, seen_at, address, browser
FROM customers_account_session
WHERE mark = %s AND seen_at > %s AND began_at > %s
ORDER BY seen_at DESC, id DESC
LIMIT %s
