-- Orders of guests from before a moment, whose address is still known: ids grow with time.
SELECT "order".id
FROM access_privacy_key AS key
JOIN orders_order AS "order" ON "order".id = substr(key.subject, 7)::uuid
WHERE key.subject LIKE 'order/%%' AND key.made_at < %(before)s
    AND "order".recorded_at < %(before)s
ORDER BY key.subject
LIMIT %(most)s
