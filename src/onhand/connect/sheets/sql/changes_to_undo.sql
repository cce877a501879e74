-- What an import did and was not taken back yet, latest first.
SELECT id, found_by, before::text, after
FROM sheets_change
WHERE import_id = %(import)s AND id < %(before)s
    AND (outcome IS NULL OR outcome NOT IN ('removed', 'put back'))
ORDER BY id DESC
LIMIT %(most)s
