-- Create or update SKUs by code, and say of each whether it was not so before, and how it was. A SKU never changes its product.
WITH wanted AS (
    SELECT *
    FROM unnest(
        %(code)s::text[], %(product_id)s::bigint[], %(name)s::text[], %(unit)s::text[], %(tracking)s::text[],
        %(shelf_life_days)s::integer[], %(active)s::boolean[]
    ) AS record (code, product_id, name, unit, tracking, shelf_life_days, active)
),
saved AS (
    INSERT INTO catalog_sku AS sku (code, product_id, name, unit, tracking, shelf_life_days, active)
    SELECT code, product_id, name, unit, tracking, shelf_life_days, active
    FROM wanted
    ON CONFLICT (code) DO UPDATE
    SET (name, unit, tracking, shelf_life_days, active)
        = (excluded.name, excluded.unit, excluded.tracking, excluded.shelf_life_days, excluded.active)
    WHERE (sku.name, sku.unit, sku.tracking, sku.shelf_life_days, sku.active)
        IS DISTINCT FROM
          (excluded.name, excluded.unit, excluded.tracking, excluded.shelf_life_days, excluded.active)
    RETURNING sku.code, sku.id
)
SELECT code, coalesce(saved.id, old.id) AS id, saved.id IS NOT NULL AS changed, to_jsonb(old) AS before
FROM wanted
LEFT JOIN saved USING (code)
LEFT JOIN catalog_sku AS old USING (code)
