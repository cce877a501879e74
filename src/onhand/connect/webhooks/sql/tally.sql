-- How many deliveries wait, or are dead, up to a hundred thousand of each.
SELECT state.name, (
    SELECT count(*)
    FROM webhooks_endpoint AS endpoint
    CROSS JOIN LATERAL (
        SELECT FROM webhooks_delivery WHERE endpoint_id = endpoint.id AND webhooks_delivery.state = state.name LIMIT 100000
    ) AS those
)
FROM (VALUES ('waiting'), ('behind'), ('dead')) AS state (name)
