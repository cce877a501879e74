-- What was sealed, as it was said.
UPDATE {now} AS now
SET {sets}
FROM unnest(%s::integer[], {arrays}) AS opened (row, {fields})
WHERE now.row = opened.row
