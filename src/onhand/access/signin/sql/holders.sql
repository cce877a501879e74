-- Who works on the floor and nowhere else, at some sites or anywhere, with what they sign in with on shared devices.
SELECT person.id, person.username, trim(person.first_name || ' ' || person.last_name), badge.code,
       badge.digest IS NOT NULL, coalesce(badge.pin, '') <> '', held.sites
FROM access_person AS person
JOIN LATERAL (
    SELECT bool_and(post.role = ANY(%(floor)s::text[])) AS floor,
           bool_or(post.sites = '{}') AS everywhere,
           coalesce((SELECT array_agg(DISTINCT site ORDER BY site)
                     FROM access_post AS other, unnest(other.sites) AS site
                     WHERE other.person_id = person.id), '{}') AS sites
    FROM access_post AS post
    WHERE post.person_id = person.id
) AS held ON held.floor
LEFT JOIN access_signin_badge AS badge ON badge.person_id = person.id
WHERE person.is_active
    AND (%(all)s OR (NOT held.everywhere AND held.sites && %(sites)s::text[]))
    AND (%(words)s = '' OR strpos(lower(person.username || ' ' || person.first_name), lower(%(words)s)) > 0)
ORDER BY person.username
LIMIT 200
