-- What each follower has yet to read. Of the window it is in, the part up to its number is read.
SELECT follower.name, count(waiting.at), coalesce(extract(epoch FROM now() - min(waiting.at)), 0)::float8
FROM core_follower AS follower
LEFT JOIN LATERAL (
    SELECT event.at
    FROM core_event AS event
    WHERE event.xid >= pg_snapshot_xmin(follower.seen::pg_snapshot)
      AND NOT pg_visible_in_snapshot(event.xid, follower.seen::pg_snapshot)
      AND NOT (follower.until IS NOT NULL AND event.seq <= follower.seq
               AND pg_visible_in_snapshot(event.xid, follower.until::pg_snapshot))
    ORDER BY event.xid
    LIMIT %(most)s
) AS waiting ON true
GROUP BY follower.name
ORDER BY follower.name
