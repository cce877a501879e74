-- Requests by door in steps of so many seconds since a moment.
SELECT at, door, max(requests)::bigint, max(errors)::bigint, array_agg(number ORDER BY place)
FROM (
    SELECT counted.at, counted.door, counted.requests, counted.errors, spans.place, spans.number
    FROM (
        SELECT to_timestamp(floor(extract(epoch FROM minute) / %(step)s) * %(step)s) AS at, door,
               sum(requests) AS requests, sum(errors) AS errors
        FROM core_health_minute WHERE door <> '' AND minute >= %(since)s GROUP BY 1, 2
    ) AS counted
    LEFT JOIN (
        SELECT to_timestamp(floor(extract(epoch FROM minute) / %(step)s) * %(step)s) AS at, door, place, sum(n) AS number
        FROM core_health_minute, unnest(slower) WITH ORDINALITY AS span (n, place)
        WHERE door <> '' AND minute >= %(since)s GROUP BY 1, 2, 3
    ) AS spans USING (at, door)
) AS joined
GROUP BY at, door
ORDER BY at, door
