-- A situation becomes an alert; what belongs to one that was raised before is added to it, and a closed one stays closed.
INSERT INTO access_watching_alert AS alert
    (kind, who, situation, severity, facts, evidence, began_at, last_at, raised_at)
VALUES (%(kind)s, %(who)s, %(situation)s, %(severity)s, %(facts)s, %(evidence)s, %(began_at)s, %(last_at)s, %(now)s)
ON CONFLICT (kind, who, situation) DO UPDATE
SET facts = excluded.facts,
    evidence = (
        SELECT jsonb_agg(each ORDER BY (each ->> 0)::bigint)
        FROM (
            SELECT DISTINCT ON ((each ->> 0)::bigint) each
            FROM jsonb_array_elements(alert.evidence || excluded.evidence) AS each
            ORDER BY (each ->> 0)::bigint DESC
            LIMIT %(most)s
        ) AS latest
    ),
    last_at = greatest(alert.last_at, excluded.last_at),
    severity = CASE WHEN excluded.severity = 'high' THEN 'high' ELSE alert.severity END
WHERE alert.state <> 'closed'
RETURNING id, (xmax = 0) AS fresh
