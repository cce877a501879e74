-- Deliveries of an endpoint, latest first. Of each state its own latest are found by webhooks_delivery_list, however many
-- there are of the others.
SELECT delivery.id, delivery.id, message, seq, kind, state, attempts, CASE WHEN ended_at IS NULL THEN next_at END,
       last_status, last_error, made_at, ended_at
FROM (VALUES ('waiting'), ('behind'), ('done'), ('dead')) AS one_of (states)
CROSS JOIN LATERAL (
    SELECT * FROM webhooks_delivery
    WHERE state = one_of.states AND {filters}
    ORDER BY id DESC
    LIMIT %(most)s
) AS delivery
ORDER BY delivery.id DESC
LIMIT %(most)s
