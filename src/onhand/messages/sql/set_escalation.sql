-- Who is told when nobody acts.
INSERT INTO messages_escalation (site, after_minutes, "to", changed_by, changed_at)
VALUES (%(site)s, %(after)s, %(to)s, %(actor)s, %(now)s)
ON CONFLICT (site) DO UPDATE
SET after_minutes = EXCLUDED.after_minutes, "to" = EXCLUDED."to", changed_by = EXCLUDED.changed_by,
    changed_at = EXCLUDED.changed_at
