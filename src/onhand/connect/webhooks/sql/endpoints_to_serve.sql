-- Endpoints that something is sent to, with the secrets that hold now, newest first.
SELECT endpoint.id, endpoint.url, endpoint.state,
       ARRAY(SELECT secret FROM webhooks_secret
             WHERE endpoint_id = endpoint.id AND (ends_at IS NULL OR ends_at > %(now)s)
             ORDER BY made_at DESC, id DESC)
FROM webhooks_endpoint AS endpoint
WHERE endpoint.state <> 'disabled'
