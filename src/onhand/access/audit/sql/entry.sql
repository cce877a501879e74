-- The entry of an event. ``at`` leads to its month and its place there.
SELECT entry.lane, entry.place, entry.at, entry.seq, entry.happened_at, entry.kind, entry.subject, entry.actor,
       entry.origin, entry.why, entry.data
FROM access_audit_entry AS entry
WHERE entry.at = %(at)s AND entry.seq = %(seq)s
