-- Rows of one order must say the same of what belongs to the order; the first that speaks counts.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    row, field, said, 'rows_disagree', format('row %s says %L of the same order', first_row, first_said),
    'say the same in every row of the order, or only in one'
FROM (
    SELECT
        each.row, said.field, said.value AS said, first_value(each.row) OVER spoken AS first_row,
        first_value(said.value) OVER spoken AS first_said
    FROM {clean} AS each
    CROSS JOIN LATERAL (
        VALUES
            ('customer', each.customer), ('country', each.country), ('postcode', each.postcode), ('address', each.address),
            ('currency', each.currency), ('priority', each.priority::text), ('placed_at', each.placed_at::text)
    ) AS said (field, value)
    WHERE said.value IS NOT NULL
    WINDOW spoken AS (PARTITION BY each.channel, each.number, said.field ORDER BY each.row)
) AS rows
WHERE said <> first_said
