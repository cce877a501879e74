-- A page of one site's locations in the order of their codes; a filter left out is null.
SELECT location.id, location.code, location.kind, location.zone, location.aisle, location.bay, location.level
FROM places_location AS location
JOIN places_site AS site ON site.id = location.site_id
WHERE site.code = %(site)s
    AND location.code > %(after)s
    AND (%(kind)s::text IS NULL OR location.kind = %(kind)s)
    AND (%(zone)s::text IS NULL OR location.zone = %(zone)s)
    AND (%(search)s::text IS NULL OR starts_with(lower(location.code), lower(%(search)s)))
ORDER BY location.code
LIMIT %(most)s
