-- Hours that are over and not summed up yet, from the first sample on: also those in which nobody took one.
WITH bounds AS (
    SELECT coalesce((SELECT max(hour) + interval '1 hour' FROM core_health_hour WHERE door = ''),
                    date_trunc('hour', (SELECT min(minute) FROM core_health_minute))) AS first,
           date_trunc('hour', %(now)s::timestamptz - interval '2 minutes') AS beyond,
           (SELECT min(minute) FROM core_health_minute) AS began
),
hours AS (
    SELECT hour, began
    FROM bounds, generate_series(first, beyond - interval '1 hour', interval '1 hour') AS hour
    WHERE first IS NOT NULL
),
served AS (
    SELECT date_trunc('hour', minute) AS hour, sum(bit_count(up)) AS up, max(queued) AS queued
    FROM (
        SELECT minute, bit_or(ready)::bit(64) AS up, max(queued) AS queued
        FROM core_health_minute, bounds
        WHERE door = '' AND minute >= first AND minute < beyond
        GROUP BY minute
    ) AS minutes
    GROUP BY 1
),
whole AS (
    INSERT INTO core_health_hour (hour, door, seconds, up, queued)
    SELECT hours.hour, '',
           greatest(0, 3600 - greatest(0, extract(epoch FROM began - hours.hour)))::int,
           coalesce(served.up, 0), coalesce(served.queued, 0)
    FROM hours LEFT JOIN served USING (hour)
    ON CONFLICT (hour, door) DO NOTHING
),
counted AS (
    SELECT date_trunc('hour', minute) AS hour, door, sum(requests) AS requests, sum(errors) AS errors
    FROM core_health_minute, bounds
    WHERE door <> '' AND minute >= first AND minute < beyond
    GROUP BY 1, 2
),
timed AS (
    SELECT hour, door, array_agg(number ORDER BY place) AS slower
    FROM (
        SELECT date_trunc('hour', minute) AS hour, door, place, sum(number) AS number
        FROM core_health_minute, bounds, unnest(slower) WITH ORDINALITY AS span (number, place)
        WHERE door <> '' AND minute >= first AND minute < beyond
        GROUP BY 1, 2, 3
    ) AS spans
    GROUP BY 1, 2
)
INSERT INTO core_health_hour (hour, door, requests, errors, slower)
SELECT hour, door, requests, errors, coalesce(slower, '{}')
FROM counted LEFT JOIN timed USING (hour, door)
ON CONFLICT (hour, door) DO NOTHING
