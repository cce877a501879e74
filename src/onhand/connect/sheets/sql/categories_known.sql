-- A category is named by its code or its name; others are made only where that was allowed.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    row, 'category', category, 'unknown_category', 'there is no category of this code or name',
    'create it first, correct it, or allow new categories'
FROM {clean} AS clean
WHERE category IS NOT NULL AND NOT {new_categories}
    AND NOT EXISTS (SELECT FROM catalog_category AS known WHERE lower(known.code) = lower(clean.category))
    AND NOT EXISTS (SELECT FROM catalog_category AS known WHERE lower(known.name) = lower(clean.category))
