-- Entries of a span of time, by somebody, about something, oldest first.
SELECT lane, place, at, seq, happened_at, kind, subject, actor, origin, why, data
FROM access_audit_entry
WHERE at >= coalesce(%(since)s::timestamptz, '-infinity') AND at < coalesce(%(until)s::timestamptz, 'infinity')
  AND (%(actor)s::text IS NULL OR actor = %(actor)s) AND (%(subject)s::text IS NULL OR subject = %(subject)s)
ORDER BY at, seq
