-- Which of these sessions still are somebody's who may sign in, and have not lived for as long as any may.
-- Of one begun by an earlier version nothing is known but when it ends.
SELECT session.session_key
FROM django_session AS session
LEFT JOIN usersessions_usersession AS kept ON kept.session_key = session.session_key
LEFT JOIN access_person AS person ON person.id = kept.user_id
WHERE session.session_key = ANY(%(keys)s::text[]) AND session.expire_date > clock_timestamp()
    AND coalesce(person.is_active, true)
    AND coalesce(kept.created_at > clock_timestamp() - make_interval(secs => %(longest)s), true)
