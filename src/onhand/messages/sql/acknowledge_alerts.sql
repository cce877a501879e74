-- Somebody acts upon these.
UPDATE messages_alert
SET acknowledged_at = %(now)s, acknowledged_by = %(actor)s, snoozed_until = NULL
WHERE id = ANY(%(ids)s::bigint[]) AND closed_at IS NULL AND acknowledged_at IS NULL
RETURNING kind, sku, site
