-- Write a delivery for each of these events and each endpoint that wants it and was there already. An event concerns the sites it names and
-- the channel of its order. Of one subject an endpoint gets one at a time: who is not the first stands behind.
-- That figures changed is told by the present figures: those need no order.
WITH event AS (
    SELECT logged.seq, logged.kind, logged.at,
           CASE WHEN logged.kind = 'stock.changed' THEN 'evt_' || logged.seq ELSE logged.subject END AS ordered_by,
           CASE WHEN logged.kind = 'stock.changed' THEN ARRAY(SELECT jsonb_object_keys(logged.data -> 'positions'))
                ELSE array_remove(ARRAY[
                    CASE WHEN jsonb_typeof(logged.data -> 'site') = 'string' THEN logged.data ->> 'site' END,
                    CASE WHEN logged.subject LIKE 'site/%%' THEN substr(logged.subject, 6) END
                ], NULL) END AS sites,
           coalesce(channel.code,
                    CASE WHEN jsonb_typeof(logged.data -> 'channel') = 'string' THEN logged.data ->> 'channel' END,
                    CASE WHEN logged.subject LIKE 'channel/%%' THEN substr(logged.subject, 9) END) AS channel
    FROM core_event AS logged
    LEFT JOIN orders_order AS "order"
        ON "order".id = CASE WHEN logged.subject ~ '^order/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                             THEN substr(logged.subject, 7)::uuid END
    LEFT JOIN orders_channel AS channel ON channel.id = "order".channel_id
    WHERE logged.seq = ANY(%(seqs)s::bigint[])
),
wanted AS (
    SELECT endpoint.id AS endpoint, event.seq, event.kind, event.ordered_by,
           row_number() OVER (PARTITION BY endpoint.id, event.ordered_by ORDER BY event.seq) AS turn
    FROM event
    JOIN webhooks_endpoint AS endpoint
        ON endpoint.state <> 'disabled' AND event.at >= endpoint.made_at
        AND endpoint.kinds && ARRAY[event.kind, split_part(event.kind, '.', 1) || '.*',
                                    CASE WHEN split_part(event.kind, '.', 1) = ANY(%(trade)s::text[]) THEN '*' END]
        AND (endpoint.sites = '{}' OR endpoint.sites && event.sites)
        AND (endpoint.channels = '{}' OR event.channel = ANY(endpoint.channels))
)
INSERT INTO webhooks_delivery (endpoint_id, message, seq, kind, ordered_by, state, next_at, made_at)
SELECT wanted.endpoint, 'evt_' || wanted.seq, wanted.seq, wanted.kind, wanted.ordered_by,
       CASE WHEN wanted.turn = 1 AND NOT EXISTS (
           SELECT FROM webhooks_delivery AS earlier
           WHERE earlier.endpoint_id = wanted.endpoint AND earlier.ordered_by = wanted.ordered_by
             AND earlier.state IN ('waiting', 'behind')
       ) THEN 'waiting' ELSE 'behind' END,
       %(now)s, %(now)s
FROM wanted
ORDER BY wanted.seq
ON CONFLICT (endpoint_id, message) DO NOTHING
