-- Change what is given of an endpoint. To be disabled it takes more (disable_endpoints.sql).
UPDATE webhooks_endpoint
SET url = coalesce(%(url)s, url),
    kinds = coalesce(%(kinds)s::text[], kinds),
    sites = coalesce(%(sites)s::text[], sites),
    channels = coalesce(%(channels)s::text[], channels),
    description = coalesce(%(description)s, description),
    state = CASE WHEN %(state)s::text = 'enabled' AND state = 'disabled' THEN 'enabled' ELSE state END,
    since = CASE WHEN %(state)s::text = 'enabled' AND state = 'disabled' THEN %(now)s ELSE since END,
    reason = CASE WHEN %(state)s::text = 'enabled' AND state = 'disabled' THEN '' ELSE reason END
WHERE id = %(id)s
