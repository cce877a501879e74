-- Everybody who may sign in, with their posts and what was changed about each role. A person of an earlier version has
-- a role and no post yet: that is a post everywhere.
SELECT person.username, person.language, held.role, held.sites, coalesce(role.granted, '{}'),
       coalesce(role.withdrawn, '{}')
FROM access_person AS person
CROSS JOIN LATERAL (
    SELECT post.role, post.sites FROM access_post AS post WHERE post.person_id = person.id
    UNION ALL
    SELECT person.role, '{}'
    WHERE person.role <> '' AND NOT EXISTS (SELECT FROM access_post AS post WHERE post.person_id = person.id)
) AS held
LEFT JOIN access_role AS role ON role.name = held.role
WHERE person.is_active
ORDER BY person.username
