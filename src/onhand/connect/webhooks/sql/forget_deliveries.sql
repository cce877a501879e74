-- Forget a page of deliveries that ended long ago; dead letters are kept for longer.
DELETE FROM webhooks_delivery
WHERE id IN (
    SELECT id FROM webhooks_delivery
    WHERE ended_at < CASE WHEN state = 'done' THEN %(done_before)s::timestamptz ELSE %(dead_before)s::timestamptz END
      AND ended_at < greatest(%(done_before)s::timestamptz, %(dead_before)s::timestamptz)
    LIMIT %(page)s
)
