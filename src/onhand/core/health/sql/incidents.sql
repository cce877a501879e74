-- Incidents, latest first: the key of the list, then the incident.
SELECT id, id, kind, about, severity, facts, opened_at, opened_by, seen_at, acknowledged_at, acknowledged_by,
       resolved_at, resolved_by, note
FROM core_health_incident
WHERE {filters}
ORDER BY id DESC
LIMIT %(most)s
