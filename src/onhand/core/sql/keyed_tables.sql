-- The shop's tables with a primary key, and that key's columns as an ORDER BY wants them.
SELECT space.nspname, class.relname, string_agg(quote_ident(attribute.attname), ', ' ORDER BY number)
FROM pg_index AS index
JOIN pg_class AS class ON class.oid = index.indrelid AND class.relkind = 'r' AND class.relpersistence = 'p'
JOIN pg_namespace AS space ON space.oid = class.relnamespace
    AND space.nspname NOT LIKE 'pg\_%' AND space.nspname <> 'information_schema'
CROSS JOIN LATERAL unnest(index.indkey) WITH ORDINALITY AS part (column_number, number)
JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND attribute.attnum = part.column_number
WHERE index.indisprimary
GROUP BY space.nspname, class.relname
ORDER BY 1, 2
