-- Endpoints, in the order in which they were made, with what waits for them, what is dead,
-- and when one of the latest hundred that were delivered was.
SELECT endpoint.id, endpoint.id, endpoint.url, endpoint.kinds, endpoint.sites, endpoint.channels, endpoint.description,
       endpoint.state, endpoint.since, endpoint.reason, endpoint.made_by, endpoint.made_at,
       (SELECT count(*) FROM (SELECT FROM webhooks_delivery
                              WHERE endpoint_id = endpoint.id AND state IN ('waiting', 'behind') LIMIT 10000) AS those),
       (SELECT count(*) FROM (SELECT FROM webhooks_delivery
                              WHERE endpoint_id = endpoint.id AND state = 'dead' LIMIT 10000) AS those),
       (SELECT max(ended_at) FROM (SELECT ended_at FROM webhooks_delivery
                                   WHERE endpoint_id = endpoint.id AND state = 'done'
                                   ORDER BY id DESC LIMIT 100) AS latest)
FROM webhooks_endpoint AS endpoint
WHERE {filters}
ORDER BY endpoint.id
LIMIT %(most)s
