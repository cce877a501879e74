-- Tables of these names that are there, and the partitions they are kept in.
SELECT part.relname
FROM pg_class AS whole
JOIN pg_namespace AS schema ON schema.oid = whole.relnamespace AND schema.nspname = 'public'
CROSS JOIN LATERAL pg_partition_tree(whole.oid) AS tree
JOIN pg_class AS part ON part.oid = tree.relid
WHERE whole.relname = ANY(%s) AND whole.relkind = 'p'
UNION ALL
SELECT whole.relname
FROM pg_class AS whole
JOIN pg_namespace AS schema ON schema.oid = whole.relnamespace AND schema.nspname = 'public'
WHERE whole.relname = ANY(%s) AND whole.relkind = 'r'
