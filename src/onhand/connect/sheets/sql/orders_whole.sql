-- An order is placed whole or not at all: a good row of an order with a wrong one waits for it to be mended.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    clean.row, 'number', clean.number, 'order_not_whole', format('row %s of the same order is wrong', wrong.row),
    'mend that row; the order is placed whole or not at all'
FROM {clean} AS clean
JOIN (
    SELECT broken.channel, broken.number, min(broken.row) AS row
    FROM {clean} AS broken
    JOIN {faults} AS fault ON fault.row = broken.row
    GROUP BY broken.channel, broken.number
) AS wrong USING (channel, number)
WHERE NOT EXISTS (SELECT FROM {faults} AS fault WHERE fault.row = clean.row)
