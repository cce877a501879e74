-- How many cells can only be numbers with a decimal comma, and how many only with a decimal point.
SELECT
    count(*) FILTER (WHERE cell ~ '^\D{{0,4}}[0-9.]*,([0-9]{{1,2}}|[0-9]{{4,}})\D{{0,4}}$' OR cell ~ '\.[0-9]{{3}},'),
    count(*) FILTER (WHERE cell ~ '^\D{{0,4}}[0-9,]*\.([0-9]{{1,2}}|[0-9]{{4,}})\D{{0,4}}$' OR cell ~ ',[0-9]{{3}}\.')
FROM (SELECT {cell} AS cell FROM {rows}) AS cells
