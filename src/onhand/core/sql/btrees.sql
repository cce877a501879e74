-- The B-trees of this database that are whole: what amcheck can hold against their tables.
SELECT class.relname, class.oid::bigint
FROM pg_class AS class
JOIN pg_index AS index ON index.indexrelid = class.oid
JOIN pg_am AS am ON am.oid = class.relam
WHERE am.amname = 'btree' AND index.indisvalid AND index.indisready AND class.relkind = 'i'
  AND class.relpersistence = 'p'
ORDER BY class.oid
