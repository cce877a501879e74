-- The months of the trail that are in the database, such as 2026_11, oldest first.
SELECT substring(part.relname FROM 'access_audit_entry_(.*)')
FROM pg_inherits AS child
JOIN pg_class AS part ON part.oid = child.inhrelid
WHERE child.inhparent = 'access_audit_entry'::regclass
ORDER BY 1
