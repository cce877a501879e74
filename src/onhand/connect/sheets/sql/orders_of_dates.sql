-- How many dates must begin with their day, how many with their month, and one of either kind, if there is any.
SELECT
    count(*) FILTER (WHERE part[1]::integer > 12), count(*) FILTER (WHERE part[2]::integer > 12),
    min(cell) FILTER (WHERE part IS NOT NULL AND part[1] <> part[2])
FROM (
    SELECT cell, regexp_match(cell, '^([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.][0-9]{{4}}') AS part
    FROM (SELECT {cell} AS cell FROM {rows}) AS cells
) AS dates
