-- Somebody puts these off.
UPDATE messages_alert
SET snoozed_until = %(until)s, snoozed_by = %(actor)s
WHERE id = ANY(%(ids)s::bigint[]) AND closed_at IS NULL AND acknowledged_at IS NULL
RETURNING kind, sku, site
