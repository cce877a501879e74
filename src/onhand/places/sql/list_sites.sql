-- A page of sites in the order of their codes; a filter left out is null.
SELECT id, code, name, kind, country, region, time_zone, currency, latitude, longitude, active, created_at
FROM places_site
WHERE code > %(after)s
    AND (%(kind)s::text IS NULL OR kind = %(kind)s)
    AND (%(country)s::text IS NULL OR country = %(country)s)
    AND (%(region)s::text IS NULL OR region = %(region)s)
    AND (%(active)s::boolean IS NULL OR active = %(active)s)
    AND (
        %(search)s::text IS NULL
        OR strpos(lower(code), lower(%(search)s)) > 0
        OR strpos(lower(name), lower(%(search)s)) > 0
    )
ORDER BY code
LIMIT %(most)s
