-- The rows of a batch that would change something, in the order of the sheet.
SELECT clean.row, {fields}
FROM {verdicts} AS verdict
JOIN {clean} AS clean USING (row)
WHERE verdict.verdict IN ('new', 'changed') AND verdict.turn > %(after)s AND verdict.turn <= %(until)s
ORDER BY clean.row
