-- People by their names, each with their posts. A person of an earlier version has a role and no post yet.
SELECT person.username,
       person.id, person.username, btrim(person.first_name || ' ' || person.last_name), person.is_active,
       person.last_login, person.date_joined,
       EXISTS (
           SELECT FROM mfa_authenticator AS factor
           WHERE factor.user_id = person.id AND factor.type <> 'recovery_codes'
       ),
       coalesce(
           (
               SELECT jsonb_agg(jsonb_build_object('role', post.role, 'sites', post.sites) ORDER BY post.id)
               FROM access_post AS post
               WHERE post.person_id = person.id
           ),
           CASE
               WHEN person.role = '' THEN '[]'::jsonb
               ELSE jsonb_build_array(jsonb_build_object('role', person.role, 'sites', '[]'::jsonb))
           END
       )
FROM access_person AS person
WHERE {filters}
ORDER BY person.username
LIMIT %(most)s
