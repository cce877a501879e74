-- What somebody did last, among the latest events: the log has no index by who, and need not be read whole for this.
SELECT event.at, event.kind, event.subject, event.data
FROM core_event AS event
WHERE event.seq > (SELECT coalesce(max(seq), 0) FROM core_event) - %(among)s AND event.actor = %(actor)s
ORDER BY event.seq DESC
LIMIT %(most)s
