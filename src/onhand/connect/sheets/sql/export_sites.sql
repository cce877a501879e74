-- Every site.
SELECT code, name, kind, country, time_zone, currency, region, latitude, longitude, active
FROM places_site
ORDER BY code
