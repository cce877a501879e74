-- Months of which every day is older than what is kept at hand, oldest first.
SELECT month
FROM (SELECT to_date(substring(part.relname FROM 'access_audit_entry_(.*)'), 'YYYY_MM') AS month
      FROM pg_inherits AS child
      JOIN pg_class AS part ON part.oid = child.inhrelid
      WHERE child.inhparent = 'access_audit_entry'::regclass) AS there
WHERE month + interval '1 month' <= %(now)s::timestamptz - make_interval(months => %(kept)s)
ORDER BY month
