-- How many people hold each role.
SELECT coalesce(post.role, person.role), count(*)
FROM access_person AS person
LEFT JOIN access_post AS post ON post.person_id = person.id
WHERE person.is_active AND coalesce(post.role, person.role) <> ''
GROUP BY 1
