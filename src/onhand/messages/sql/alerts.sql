-- Alerts, one by one.
SELECT id, kind, sku, site, urgency, facts, opened_at, acknowledged_at, acknowledged_by, snoozed_until, snoozed_by,
       escalated_at, escalated_to, closed_at
FROM messages_alert
WHERE id = ANY(%s::bigint[])
ORDER BY urgency DESC, opened_at, id
