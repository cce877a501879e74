-- Write down what came of deliveries. One that was buried meanwhile stays so.
UPDATE webhooks_delivery AS delivery
SET state = came.state, attempts = came.attempts, next_at = came.next_at, last_status = came.status,
    last_error = came.error, ended_at = CASE WHEN came.state <> 'waiting' THEN %(now)s::timestamptz END
FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(attempts)s::int[], %(next_ats)s::timestamptz[],
            %(statuses)s::int[], %(errors)s::text[]) AS came (id, state, attempts, next_at, status, error)
WHERE delivery.id = came.id AND delivery.state = 'waiting'
