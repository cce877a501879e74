-- Minutes of more than eight days ago that are summed up, and hours of more than a hundred.
WITH minutes AS (
    DELETE FROM core_health_minute
    WHERE minute < %(now)s::timestamptz - interval '8 days'
      AND minute < (SELECT max(hour) FROM core_health_hour)
),
hours AS (
    DELETE FROM core_health_hour WHERE hour < %(now)s::timestamptz - interval '100 days'
)
DELETE FROM core_health_incident WHERE resolved_at < %(now)s::timestamptz - interval '1100 days'
