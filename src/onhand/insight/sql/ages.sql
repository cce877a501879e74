-- Who waits, by how long already; those who wait stand in a short index.
SELECT width_bucket(extract(epoch FROM %(now)s::timestamptz - waiting.since), ARRAY[86400, 259200, 604800, 2592000]) AS age,
       count(*), sum(waiting.quantity)
FROM orders_backorder AS waiting
WHERE waiting.ended_at IS NULL
GROUP BY age
ORDER BY age
