-- The bad rows with their cells as they came, and what is wrong with each: fields, codes, reasons and remedies.
SELECT rows.row, rows.cells, fault.fields, fault.codes, fault.reasons, fault.remedies
FROM {rows} AS rows
JOIN (
    SELECT
        row, array_agg(field ORDER BY field, code) AS fields, array_agg(code ORDER BY field, code) AS codes,
        array_agg(reason ORDER BY field, code) AS reasons, array_agg(remedy ORDER BY field, code) AS remedies
    FROM {faults}
    GROUP BY row
) AS fault USING (row)
ORDER BY rows.row
