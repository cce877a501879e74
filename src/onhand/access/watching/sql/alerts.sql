-- Alerts, latest first: the key of the list, then the alert.
SELECT id, id, kind, who, severity, state, facts, evidence, began_at, last_at, raised_at,
       looked_at, looked_by, closed_at, closed_by, note
FROM access_watching_alert
WHERE {filters}
ORDER BY id DESC
LIMIT %(most)s
