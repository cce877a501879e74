-- Replace the weekly hours of sites; answers the sites whose hours were not so before.
WITH wanted AS (
    SELECT *
    FROM unnest(
        %(site_id)s::bigint[], %(weekday)s::smallint[], %(opens)s::time[], %(closes)s::time[]
    ) AS record (site_id, weekday, opens, closes)
),
dropped AS (
    DELETE FROM places_opening_hours AS old
    WHERE old.site_id = ANY (%(sites)s)
        AND NOT EXISTS (
            SELECT FROM wanted WHERE (wanted.site_id, wanted.weekday, wanted.opens)
                = (old.site_id, old.weekday, old.opens)
        )
    RETURNING old.site_id
),
saved AS (
    INSERT INTO places_opening_hours AS old (site_id, weekday, opens, closes)
    SELECT site_id, weekday, opens, closes FROM wanted
    ON CONFLICT (site_id, weekday, opens) DO UPDATE SET closes = excluded.closes
    WHERE old.closes <> excluded.closes
    RETURNING old.site_id
)
SELECT site_id FROM dropped
UNION
SELECT site_id FROM saved
