-- What an undo left, and why, in the order of the file.
SELECT id, row, found_by, outcome
FROM sheets_change
WHERE import_id = %(import)s AND outcome NOT IN ('removed', 'put back') AND (row, id) > (%(row)s, %(id)s)
ORDER BY row, id
LIMIT %(most)s
