-- Where nothing is under way, the first of those that must arrive in order waits for nobody any more.
UPDATE webhooks_delivery AS first
SET state = 'waiting', next_at = %(now)s
FROM (
    SELECT DISTINCT ON (endpoint_id, ordered_by) id, state
    FROM webhooks_delivery
    WHERE endpoint_id = ANY(%(endpoints)s::uuid[]) AND state IN ('waiting', 'behind')
    ORDER BY endpoint_id, ordered_by, state DESC, seq
) AS line
WHERE first.id = line.id AND line.state = 'behind'
