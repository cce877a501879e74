-- The same from hours.
SELECT to_timestamp(floor(extract(epoch FROM hour) / %(step)s) * %(step)s) AS at, sum(seconds)::int, sum(up)::int
FROM core_health_hour
WHERE door = '' AND hour >= %(since)s
GROUP BY 1
ORDER BY 1
