-- Rows of one product must say the same of what belongs to the product; the first that speaks counts.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    row, field, said, 'rows_disagree', format('row %s says %L of product %L', first_row, first_said, product),
    'say the same in every row of the product, or only in one'
FROM (
    SELECT
        each.row, said.field, said.value AS said, coalesce(each.product, each.sku) AS product,
        first_value(each.row) OVER spoken AS first_row, first_value(said.value) OVER spoken AS first_said
    FROM {clean} AS each
    CROSS JOIN LATERAL (
        VALUES ('name', each.name), ('description', each.description), ('category', each.category)
    ) AS said (field, value)
    WHERE said.value IS NOT NULL AND each.product IS NOT NULL
    WINDOW spoken AS (PARTITION BY coalesce(each.product, each.sku), said.field ORDER BY each.row)
) AS rows
WHERE said <> first_said
