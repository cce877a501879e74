-- Create or update locations by site and code, and say of each whether anything changed, and how it was before.
WITH wanted AS (
    SELECT *
    FROM unnest(
        %(site_id)s::bigint[], %(code)s::text[], %(kind)s::text[], %(zone)s::text[], %(aisle)s::text[],
        %(bay)s::text[], %(level)s::text[]
    ) AS record (site_id, code, kind, zone, aisle, bay, level)
),
saved AS (
    INSERT INTO places_location AS location (site_id, code, kind, zone, aisle, bay, level)
    SELECT site_id, code, kind, zone, aisle, bay, level
    FROM wanted
    ON CONFLICT (site_id, code) DO UPDATE
    SET (kind, zone, aisle, bay, level)
        = (excluded.kind, excluded.zone, excluded.aisle, excluded.bay, excluded.level)
    WHERE (location.kind, location.zone, location.aisle, location.bay, location.level)
        IS DISTINCT FROM (excluded.kind, excluded.zone, excluded.aisle, excluded.bay, excluded.level)
    RETURNING location.site_id, location.code, location.id
)
SELECT
    site_id,
    code,
    coalesce(saved.id, old.id) AS id,
    CASE WHEN old.id IS NULL THEN 'created' WHEN saved.id IS NULL THEN 'unchanged' ELSE 'changed' END AS change,
    to_jsonb(old) AS before
FROM wanted
LEFT JOIN saved USING (site_id, code)
LEFT JOIN places_location AS old USING (site_id, code)
