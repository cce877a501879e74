-- Entries of a month that are not as their link says: altered, gone, or put in.
WITH expected AS (
    SELECT link.lane, link.first + number AS place, substring(link.digests FROM number * 32 + 1 FOR 32) AS digest
    FROM access_audit_link_{month} AS link
    CROSS JOIN generate_series(0, link.entries - 1) AS number
), found AS (
    SELECT lane, place, seq, row_number() OVER (PARTITION BY lane, place) AS copy,
           access_audit_digest(lane, place, at, seq, happened_at, kind, subject, actor, origin, why, about, data) AS digest
    FROM access_audit_entry_{month}
)
SELECT CASE WHEN found.place IS NULL THEN 'removed' WHEN expected.place IS NULL THEN 'inserted' ELSE 'altered' END,
       coalesce(expected.lane, found.lane), coalesce(expected.place, found.place), found.seq
FROM expected
FULL JOIN found ON found.lane = expected.lane AND found.place = expected.place AND found.copy = 1
WHERE expected.digest IS DISTINCT FROM found.digest
ORDER BY 2, 3
LIMIT %(most)s
