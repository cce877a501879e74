-- Append a batch of events.
INSERT INTO core_event (at, kind, subject, actor, data)
SELECT %s, kind, subject, actor, data::jsonb
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS fact (kind, subject, actor, data)
