-- An order has at most 200 lines.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    row, 'number', number, 'too_many_lines', format('the order has %s lines, at most 200 are taken', lines),
    'make several orders of it'
FROM (SELECT row, number, count(*) OVER (PARTITION BY channel, number) AS lines FROM {clean}) AS counted
WHERE lines > 200
