-- Of the incidents since a moment: how many, how many are over, seconds until somebody came and until they were over, at the mean.
SELECT count(*)::int, count(resolved_at)::int,
       avg(extract(epoch FROM acknowledged_at - opened_at))::float8,
       avg(extract(epoch FROM resolved_at - opened_at))::float8
FROM core_health_incident
WHERE opened_at >= %s
