-- Create or rename categories by code, and say of each whether anything changed.
WITH wanted AS (
    SELECT * FROM unnest(%(code)s::text[], %(name)s::text[]) AS record (code, name)
),
saved AS (
    INSERT INTO catalog_category AS category (code, name)
    SELECT code, name FROM wanted
    ON CONFLICT (code) DO UPDATE SET name = excluded.name WHERE category.name <> excluded.name
    RETURNING category.code, category.id
)
SELECT
    code,
    coalesce(saved.id, old.id) AS id,
    CASE WHEN old.id IS NULL THEN 'created' WHEN saved.id IS NULL THEN 'unchanged' ELSE 'changed' END AS change
FROM wanted
LEFT JOIN saved USING (code)
LEFT JOIN catalog_category AS old USING (code)
