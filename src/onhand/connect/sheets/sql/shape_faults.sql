-- What is wrong with the cells of one field in themselves; of several faults, the first.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT row, {field}, left(cell, 200), fault[1], fault[2], fault[3]
FROM (
    SELECT row, cell, CASE {cases} END AS fault
    FROM (SELECT row, {cell} AS cell, {value} AS value FROM {clean}) AS cells
    WHERE cell IS NOT NULL
) AS judged
WHERE fault IS NOT NULL
