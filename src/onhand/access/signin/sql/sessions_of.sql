-- The sessions somebody has now, latest first.
SELECT kept.id, kept.session_key, kept.created_at, kept.last_seen_at, host(kept.ip), kept.user_agent
FROM usersessions_usersession AS kept
JOIN django_session AS session ON session.session_key = kept.session_key
WHERE kept.user_id = %s AND session.expire_date > clock_timestamp()
ORDER BY kept.last_seen_at DESC, kept.id DESC
LIMIT 200
