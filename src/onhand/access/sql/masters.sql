-- How many people there are, and how many of them, apart from one, hold one of these roles.
SELECT count(DISTINCT person.id),
       count(DISTINCT person.id) FILTER (WHERE coalesce(post.role, person.role) = ANY(%(roles)s)
                                            AND person.username <> %(apart)s)
FROM access_person AS person
LEFT JOIN access_post AS post ON post.person_id = person.id
WHERE person.is_active
