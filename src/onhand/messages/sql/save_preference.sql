-- How somebody wants to hear of a site's alerts.
INSERT INTO messages_preference (person, site, channels, muted, pace, digest_at, quiet_from, quiet_until)
VALUES (%(person)s, %(site)s, %(channels)s::text[], %(muted)s, %(pace)s, %(digest_at)s, %(quiet_from)s, %(quiet_until)s)
ON CONFLICT (person, site) DO UPDATE
SET channels = EXCLUDED.channels, muted = EXCLUDED.muted, pace = EXCLUDED.pace, digest_at = EXCLUDED.digest_at,
    quiet_from = EXCLUDED.quiet_from, quiet_until = EXCLUDED.quiet_until
