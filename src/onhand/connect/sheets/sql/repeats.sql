-- A key that comes again; the first row that names it counts.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    clean.row, {field}, clean.{value}::text, 'listed_twice', format('row %s has the same %s%s', first.row, {named}, {otherwise}),
    'keep one of the rows'
FROM (SELECT row, first_value(row) OVER (PARTITION BY {key} ORDER BY row) AS first_row FROM {clean}) AS listed
JOIN {clean} AS clean ON clean.row = listed.row
JOIN {clean} AS first ON first.row = listed.first_row
WHERE listed.row <> listed.first_row AND clean.{value} IS NOT NULL AND ({differ})
