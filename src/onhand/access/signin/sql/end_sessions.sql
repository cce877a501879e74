-- End sessions of somebody: all, or one, or all but one. A browser that still shows its cookie is then a stranger.
WITH ended AS (
    DELETE FROM usersessions_usersession
    WHERE user_id = %(person)s AND (%(only)s::bigint IS NULL OR id = %(only)s)
        AND (%(spare)s::text IS NULL OR session_key <> %(spare)s)
    RETURNING id, session_key
), gone AS (
    DELETE FROM django_session USING ended WHERE django_session.session_key = ended.session_key
)
SELECT id FROM ended ORDER BY id
