-- Rows that a room refused join the bad ones.
WITH refused AS (
    INSERT INTO {faults} (row, field, code, reason, remedy)
    SELECT *
    FROM unnest(%(rows)s::integer[], %(fields)s::text[], %(codes)s::text[], %(reasons)s::text[], %(remedies)s::text[])
    RETURNING row
)
UPDATE {verdicts} AS verdict SET verdict = 'wrong' FROM refused WHERE verdict.row = refused.row
