-- Where a delivery ended, the next of those that must arrive in order goes.
UPDATE webhooks_delivery AS next
SET state = 'waiting', next_at = %(now)s
FROM (
    SELECT DISTINCT endpoint_id, ordered_by FROM webhooks_delivery WHERE id = ANY(%(ids)s::bigint[]) AND ended_at IS NOT NULL
) AS ended
CROSS JOIN LATERAL (
    SELECT id, state FROM webhooks_delivery
    WHERE endpoint_id = ended.endpoint_id AND ordered_by = ended.ordered_by AND state IN ('waiting', 'behind')
    ORDER BY state DESC, seq
    LIMIT 1
) AS line
WHERE next.id = line.id AND line.state = 'behind'
