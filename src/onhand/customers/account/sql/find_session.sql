-- The session of a cookie, and every customer who has its address now.
SELECT session.id, session.mark, session.began_at, session.seen_at,
       ARRAY(SELECT customer.code FROM customers_customer AS customer
             WHERE customer.marks @> ARRAY[session.mark] ORDER BY customer.id LIMIT 100)
FROM customers_account_session AS session
WHERE session.digest = %s
