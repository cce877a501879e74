-- The tables of this database that lie on disk.
SELECT relname, oid::bigint
FROM pg_class
WHERE relkind = 'r' AND relpersistence = 'p'
ORDER BY oid
