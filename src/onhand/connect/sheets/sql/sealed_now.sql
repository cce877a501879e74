-- What is sealed of the things that a sheet names, and whose it is; a page, by row.
SELECT row, {whose}, {fields}
FROM {now}
WHERE row > %(after)s AND ({sealed})
ORDER BY row
LIMIT %(most)s
