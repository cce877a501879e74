-- A trouble is an incident from the moment it is first seen; seen again it goes on.
INSERT INTO core_health_incident AS incident (kind, about, severity, facts, opened_at, opened_by, seen_at)
VALUES (%(kind)s, %(about)s, %(severity)s, %(facts)s, %(now)s, %(by)s, %(now)s)
ON CONFLICT (kind, about) WHERE resolved_at IS NULL DO UPDATE
SET seen_at = excluded.seen_at, facts = excluded.facts,
    severity = CASE WHEN 'critical' IN (incident.severity, excluded.severity) THEN 'critical' ELSE incident.severity END
RETURNING id, (xmax = 0) AS fresh
