-- Hang categories under their parents; answers those that hung elsewhere before.
UPDATE catalog_category AS category
SET parent_id = parent.id
FROM unnest(%(code)s::text[], %(parent)s::text[]) AS wanted (code, parent)
LEFT JOIN catalog_category AS parent ON parent.code = wanted.parent
WHERE category.code = wanted.code AND category.parent_id IS DISTINCT FROM parent.id
RETURNING category.code
