-- The next page of the log for a reader who keeps the marks: events inside the window and not seen before it, by
-- number. The window is fixed when it is first read; see ``core/events.py``.
WITH marks AS (
    SELECT
        %(seen)s::pg_snapshot AS seen, coalesce(%(until)s::pg_snapshot, pg_current_snapshot()) AS until
),
examined AS (
    SELECT event.seq, event.at, event.kind, event.subject, event.actor, event.data
    FROM marks
    JOIN core_event AS event
        ON event.xid >= pg_snapshot_xmin(marks.seen)
        AND event.xid < pg_snapshot_xmax(marks.until)
        AND NOT pg_visible_in_snapshot(event.xid, marks.seen)
        AND pg_visible_in_snapshot(event.xid, marks.until)
        AND event.seq > %(seq)s
    ORDER BY event.seq
    LIMIT %(most)s
)
SELECT
    marks.until::text, (SELECT max(seq) FROM examined), (SELECT count(*) FROM examined),
    found.seq, found.at, found.kind, found.subject, found.actor, found.data
FROM marks
LEFT JOIN LATERAL (
    SELECT *
    FROM examined
    WHERE split_part(kind, '.', 1) = ANY(%(families)s::text[])
      AND (%(kind)s::text IS NULL OR kind = %(kind)s) AND (%(subject)s::text IS NULL OR subject = %(subject)s)
) AS found ON true
ORDER BY found.seq
