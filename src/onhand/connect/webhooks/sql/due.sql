-- What is due to be posted, so many at most for each endpoint, with the event it tells of and the order that is about.
SELECT due.id, due.endpoint_id, due.message, due.attempts, due.body,
       event.seq, event.at, event.kind, event.subject, event.actor, event.data::text, channel.code, "order".number
FROM unnest(%(endpoints)s::uuid[], %(slots)s::int[]) AS free (endpoint_id, slots)
CROSS JOIN LATERAL (
    SELECT id, endpoint_id, message, attempts, body, seq
    FROM webhooks_delivery
    WHERE endpoint_id = free.endpoint_id AND state = 'waiting' AND next_at <= %(now)s
      AND id <> ALL(%(under_way)s::bigint[])
    ORDER BY next_at, id
    LIMIT free.slots
) AS due
LEFT JOIN core_event AS event ON event.seq = due.seq
LEFT JOIN orders_order AS "order"
    ON "order".id = CASE WHEN event.subject ~ '^order/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                         THEN substr(event.subject, 7)::uuid END
LEFT JOIN orders_channel AS channel ON channel.id = "order".channel_id
