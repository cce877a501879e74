-- Create or update sites by code, and say of each whether anything changed, and how it was before.
WITH wanted AS (
    SELECT *
    FROM unnest(
        %(code)s::text[], %(name)s::text[], %(kind)s::text[], %(country)s::text[], %(region)s::text[],
        %(time_zone)s::text[], %(currency)s::text[], %(latitude)s::float8[], %(longitude)s::float8[],
        %(active)s::boolean[]
    ) AS record (code, name, kind, country, region, time_zone, currency, latitude, longitude, active)
),
saved AS (
    INSERT INTO places_site AS site
        (code, name, kind, country, region, time_zone, currency, latitude, longitude, active)
    SELECT code, name, kind, country, region, time_zone, currency, latitude, longitude, active
    FROM wanted
    ON CONFLICT (code) DO UPDATE
    SET (name, kind, country, region, time_zone, currency, latitude, longitude, active)
        = (excluded.name, excluded.kind, excluded.country, excluded.region, excluded.time_zone, excluded.currency,
           excluded.latitude, excluded.longitude, excluded.active)
    WHERE (site.name, site.kind, site.country, site.region, site.time_zone, site.currency, site.latitude,
           site.longitude, site.active)
        IS DISTINCT FROM
          (excluded.name, excluded.kind, excluded.country, excluded.region, excluded.time_zone, excluded.currency,
           excluded.latitude, excluded.longitude, excluded.active)
    RETURNING site.code, site.id
)
SELECT
    code,
    coalesce(saved.id, old.id) AS id,
    CASE WHEN old.id IS NULL THEN 'created' WHEN saved.id IS NULL THEN 'unchanged' ELSE 'changed' END AS change,
    to_jsonb(old) AS before
FROM wanted
LEFT JOIN saved USING (code)
LEFT JOIN places_site AS old USING (code)
