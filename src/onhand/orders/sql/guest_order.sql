-- A guest's order, by its id or by its channel and number.
SELECT 'order/' || "order".id
FROM orders_order AS "order"
WHERE "order".customer_id IS NULL
    AND "order".id = coalesce(
        CASE
            WHEN %(name)s ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' THEN (%(name)s)::text::uuid
        END,
        (
            SELECT named.id
            FROM orders_order AS named
            JOIN orders_channel AS channel ON channel.id = named.channel_id
            WHERE channel.code = split_part(%(name)s, '/', 1)
                AND named.number = substr(%(name)s, strpos(%(name)s, '/') + 1)
        )
    )
