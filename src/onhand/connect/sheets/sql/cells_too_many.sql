-- Rows with more cells than there are headers: something in them has been cut in two.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    row, '', left(array_to_string(cells[{width} + 1:], ' '), 200), 'too_many_cells',
    format('the row has %s cells and the file %s headers', cardinality(cells), {width}),
    'put values that hold the delimiter or a quotation mark in quotation marks'
FROM {clean}
WHERE cardinality(cells) > {width} AND array_to_string(cells[{width} + 1:], '') ~ '\S'
