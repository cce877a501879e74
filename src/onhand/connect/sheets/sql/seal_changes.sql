-- Changes of customers, sealed.
UPDATE sheets_change AS change
SET before = new.before
FROM unnest(%s::bigint[], %s::jsonb[]) AS new (id, before)
WHERE change.id = new.id
