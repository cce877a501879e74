-- A page of what is wrong, in the order of the file.
SELECT row, field, coalesce(value, ''), code, reason, remedy
FROM {faults}
WHERE (row, field COLLATE "C", code COLLATE "C") > (%(row)s, %(field)s, %(code)s)
ORDER BY row, field COLLATE "C", code COLLATE "C"
LIMIT %(most)s
