-- The narrowest network each address lies in, where one is known to lie anywhere: its coordinates or its site, and its name.
SELECT host(asked.address), found.latitude, found.longitude, found.site, found.name
FROM unnest(%s::inet[]) AS asked (address)
CROSS JOIN LATERAL (
    SELECT latitude, longitude, site, name
    FROM access_watching_network
    WHERE network >>= asked.address
    ORDER BY masklen(network) DESC
    LIMIT 1
) AS found
