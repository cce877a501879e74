-- How many things an import created, and how many it changed.
SELECT count(*) FILTER (WHERE before IS NULL), count(*) FILTER (WHERE before IS NOT NULL)
FROM sheets_change
WHERE import_id = %(import)s
