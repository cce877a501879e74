-- Append a batch of events.
INSERT INTO core_event (at, kind, subject, actor, data, origin)
SELECT %s, kind, subject, actor, data::jsonb, origin
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS fact (kind, subject, actor, data, origin)
