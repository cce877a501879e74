-- New things that lack what a new thing needs; where rows are one thing, one of them may say it for all.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT row, {field}, '', 'missing', {reason}, 'fill it in'
FROM (
    SELECT
        clean.row, now.known OR now.{value} IS NOT NULL AS there,
        count(clean.{value}) OVER (PARTITION BY {group}) AS said
    FROM {clean} AS clean
    JOIN {now} AS now USING (row)
) AS told
WHERE NOT there AND said = 0
    AND NOT EXISTS (SELECT FROM {faults} AS fault WHERE fault.row = told.row AND fault.field = {field})
