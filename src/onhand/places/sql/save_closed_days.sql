-- Replace the closed days of sites; answers the sites whose days were not so before.
WITH wanted AS (
    SELECT *
    FROM unnest(%(site_id)s::bigint[], %(day)s::date[], %(reason)s::text[]) AS record (site_id, day, reason)
),
dropped AS (
    DELETE FROM places_closed_day AS old
    WHERE old.site_id = ANY (%(sites)s)
        AND NOT EXISTS (SELECT FROM wanted WHERE (wanted.site_id, wanted.day) = (old.site_id, old.day))
    RETURNING old.site_id
),
saved AS (
    INSERT INTO places_closed_day AS old (site_id, day, reason)
    SELECT site_id, day, reason FROM wanted
    ON CONFLICT (site_id, day) DO UPDATE SET reason = excluded.reason
    WHERE old.reason <> excluded.reason
    RETURNING old.site_id
)
SELECT site_id FROM dropped
UNION
SELECT site_id FROM saved
