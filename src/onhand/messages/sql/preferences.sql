-- How people want to hear of alerts.
SELECT person, site, channels, muted, pace, digest_at, quiet_from, quiet_until
FROM messages_preference
WHERE %(people)s::text[] IS NULL OR person = ANY(%(people)s::text[])
