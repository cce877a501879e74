-- Events of transactions that became visible between two snapshots, by number and from a number on: all of them, or
-- those about some subjects or sites, or of some kinds. Their facts come as the text they are, for few are looked into.
SELECT event.seq, event.at, event.kind, event.subject, event.actor, event.data::text,
       CASE WHEN jsonb_typeof(event.data -> 'site') = 'string' THEN event.data ->> 'site' END
FROM core_event AS event
WHERE event.xid >= pg_snapshot_xmin(%(seen)s::pg_snapshot)
  AND event.xid < pg_snapshot_xmax(%(until)s::pg_snapshot)
  AND NOT pg_visible_in_snapshot(event.xid, %(seen)s::pg_snapshot)
  AND pg_visible_in_snapshot(event.xid, %(until)s::pg_snapshot)
  AND event.seq > %(seq)s
  AND (%(subjects)s::text[] IS NULL
       OR event.subject = ANY(%(subjects)s::text[])
       OR event.kind = ANY(%(kinds)s::text[])
       OR jsonb_typeof(event.data -> 'site') = 'string' AND event.data ->> 'site' = ANY(%(sites)s::text[]))
ORDER BY event.seq
LIMIT %(most)s
