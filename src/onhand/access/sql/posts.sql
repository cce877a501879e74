-- The posts of a person, with what was changed about each role; the one their pages begin with comes first.
-- A person made by an earlier version has a role and no post yet: that is a post everywhere.
SELECT held.role, held.sites, coalesce(role.granted, '{}'), coalesce(role.withdrawn, '{}'), held.since, held.given_by,
       coalesce(role.changed_by, ''), role.second_factor
FROM (
    SELECT post.id, post.role, post.sites, post.since, post.given_by, post.role = person.role AS first
    FROM access_person AS person
    JOIN access_post AS post ON post.person_id = person.id
    WHERE person.id = %s
    UNION ALL
    SELECT 0, person.role, '{}', person.date_joined, '', true
    FROM access_person AS person
    WHERE person.id = %s AND person.role <> ''
      AND NOT EXISTS (SELECT FROM access_post AS post WHERE post.person_id = person.id)
) AS held
LEFT JOIN access_role AS role ON role.name = held.role
ORDER BY held.first DESC, held.id
