-- Rows that do not say what they are about.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT row, {field}, '', 'missing', {reason}, 'fill it in, or leave the row out'
FROM {clean}
WHERE {value} IS NULL AND {cell} IS NULL
