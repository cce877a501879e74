-- Orders in each of some minutes: a range of the primary key each, since ids begin with the time.
SELECT (SELECT count(*) FROM orders_order AS "order" WHERE "order".id >= minute.first AND "order".id < minute.next)
FROM unnest(%(begin)s::uuid[], %(end)s::uuid[]) WITH ORDINALITY AS minute (first, next, place)
ORDER BY minute.place
