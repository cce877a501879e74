-- A delivery of an endpoint with the event it tells of, as due.sql has those that are due.
SELECT delivery.id, delivery.endpoint_id, delivery.message, delivery.attempts, delivery.body,
       event.seq, event.at, event.kind, event.subject, event.actor, event.data::text, channel.code, "order".number
FROM webhooks_delivery AS delivery
LEFT JOIN core_event AS event ON event.seq = delivery.seq
LEFT JOIN orders_order AS "order"
    ON "order".id = CASE WHEN event.subject ~ '^order/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                         THEN substr(event.subject, 7)::uuid END
LEFT JOIN orders_channel AS channel ON channel.id = "order".channel_id
WHERE delivery.endpoint_id = %(endpoint)s AND delivery.id = %(id)s
