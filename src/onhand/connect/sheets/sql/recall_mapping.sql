-- The mapping of a name, or, without one, of files with the same headers.
SELECT fields
FROM sheets_mapping
WHERE kind = %(kind)s
    AND CASE WHEN %(name)s::text IS NULL THEN name IS NULL AND headers = %(headers)s ELSE name = %(name)s END
