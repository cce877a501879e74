-- What each row would do, in which fields, and in which turn it is carried.
CREATE UNLOGGED TABLE {verdicts} AS
SELECT
    row, turn, differs,
    CASE
        WHEN wrong THEN 'wrong'
        WHEN repeated THEN 'unchanged'
        WHEN NOT known THEN 'new'
        WHEN cardinality(differs) > 0 THEN 'changed'
        ELSE 'unchanged'
    END AS verdict
FROM (
    SELECT
        clean.row, now.known, fault.row IS NOT NULL AS wrong, {differs} AS differs, {repeated} AS repeated,
        {turn} AS turn
    FROM {clean} AS clean
    JOIN {now} AS now USING (row)
    LEFT JOIN (SELECT DISTINCT row FROM {faults}) AS fault USING (row)
) AS judged
