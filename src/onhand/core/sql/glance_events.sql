-- The numbers of the follower's next page (see read_events.sql): events of transactions inside its window and not seen before it, by number.
-- The comparisons of xid before the visibility tests let the index on xid bound the search.
SELECT event.seq
FROM core_follower AS follower
JOIN core_event AS event
  ON event.xid >= pg_snapshot_xmin(follower.seen::pg_snapshot)
 AND event.xid < pg_snapshot_xmax(follower.until::pg_snapshot)
 AND NOT pg_visible_in_snapshot(event.xid, follower.seen::pg_snapshot)
 AND pg_visible_in_snapshot(event.xid, follower.until::pg_snapshot)
 AND event.seq > follower.seq
WHERE follower.name = %(follower)s
ORDER BY event.seq
LIMIT %(most)s
