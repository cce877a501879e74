-- In steps of so many seconds since a moment: how many of them count, and in how many of those somebody served.
-- The very first minute does not count: somewhere in it the house began.
WITH bounds AS (
    SELECT greatest(%(since)s::timestamptz,
                    coalesce((SELECT min(minute) + interval '1 minute' FROM core_health_minute), %(now)s)) AS first,
           date_trunc('minute', %(now)s::timestamptz - interval '1 minute') AS beyond
),
minutes AS (
    SELECT minute FROM bounds, generate_series(date_trunc('minute', first), beyond - interval '1 minute', interval '1 minute') AS minute
),
served AS (
    SELECT minute, bit_count(bit_or(ready)::bit(64)) AS up
    FROM core_health_minute
    WHERE door = '' AND minute >= %(since)s::timestamptz - interval '1 minute'
    GROUP BY minute
)
SELECT to_timestamp(floor(extract(epoch FROM minute) / %(step)s) * %(step)s) AS at,
       (count(*) * 60)::int AS seconds, coalesce(sum(up), 0)::int AS up
FROM minutes LEFT JOIN served USING (minute)
GROUP BY 1
ORDER BY 1
