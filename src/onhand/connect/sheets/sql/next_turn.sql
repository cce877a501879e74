-- The last turn of the next batch: about so many rows, and every row of the turns it holds.
SELECT max(turn)
FROM (
    SELECT turn FROM {verdicts} WHERE verdict IN ('new', 'changed') AND turn > %(after)s ORDER BY turn, row LIMIT %(most)s
) AS next
