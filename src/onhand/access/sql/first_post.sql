-- The role that stands in an account of an earlier version, as a post of its own.
INSERT INTO access_post (person_id, role, sites, since, given_by)
SELECT person.id, person.role, '{}', person.date_joined, ''
FROM access_person AS person
WHERE person.id = %(person)s AND person.role <> ''
  AND NOT EXISTS (SELECT FROM access_post AS post WHERE post.person_id = person.id)
