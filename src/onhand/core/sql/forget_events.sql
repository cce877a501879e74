-- Forget a page of the oldest events, as far as they are older than the retention and read by every follower.
-- The log is written in order of time, or nearly: a page from its beginning that holds nothing old ends the search.
WITH oldest AS (SELECT seq, at, xid FROM core_event ORDER BY seq LIMIT %(page)s)
DELETE FROM core_event
WHERE seq IN (
    SELECT oldest.seq
    FROM oldest
    WHERE oldest.at < %(before)s
      AND NOT EXISTS (
          SELECT 1 FROM core_follower AS follower WHERE NOT pg_visible_in_snapshot(oldest.xid, follower.seen::pg_snapshot)
      )
)
