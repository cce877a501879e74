-- Every column of the product's tables, with what is said of it; the months a table is kept in are the table.
SELECT each.table_name, each.column_name, each.data_type,
       coalesce(col_description(format('%I', each.table_name)::regclass, each.ordinal_position), '')
FROM information_schema.columns AS each
JOIN information_schema.tables AS kind USING (table_schema, table_name)
JOIN pg_class AS real ON real.oid = format('%I', each.table_name)::regclass AND NOT real.relispartition
WHERE each.table_schema = 'public' AND kind.table_type = 'BASE TABLE'
ORDER BY each.table_name, each.ordinal_position
