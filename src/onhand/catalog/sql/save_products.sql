-- Create or update products by code, and say of each whether anything changed, and how it was before.
WITH wanted AS (
    SELECT
        record.code, record.name, record.description, record.category_id, record.active,
        coalesce(record.published, known.published, true) AS published
    FROM unnest(
        %(code)s::text[], %(name)s::text[], %(description)s::text[], %(category_id)s::bigint[], %(active)s::boolean[],
        %(published)s::boolean[]
    ) AS record (code, name, description, category_id, active, published)
    LEFT JOIN catalog_product AS known ON known.code = record.code COLLATE "C"
),
saved AS (
    INSERT INTO catalog_product AS product (code, name, description, category_id, active, published)
    SELECT code, name, description, category_id, active, published
    FROM wanted
    ON CONFLICT (code) DO UPDATE
    SET (name, description, category_id, active, published)
        = (excluded.name, excluded.description, excluded.category_id, excluded.active, excluded.published)
    WHERE (product.name, product.description, product.category_id, product.active, product.published)
        IS DISTINCT FROM
        (excluded.name, excluded.description, excluded.category_id, excluded.active, excluded.published)
    RETURNING product.code, product.id
)
SELECT
    code,
    coalesce(saved.id, old.id) AS id,
    CASE WHEN old.id IS NULL THEN 'created' WHEN saved.id IS NULL THEN 'unchanged' ELSE 'changed' END AS change,
    to_jsonb(old) AS before
FROM wanted
LEFT JOIN saved USING (code)
LEFT JOIN catalog_product AS old USING (code)
