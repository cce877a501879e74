-- An endpoint that answered well is enabled, one that did not is failing, since the moment it began to.
UPDATE webhooks_endpoint AS endpoint
SET state = CASE WHEN noted.well THEN 'enabled' ELSE 'failing' END, since = %(now)s, reason = noted.reason
FROM unnest(%(ids)s::uuid[], %(well)s::boolean[], %(reasons)s::text[]) AS noted (id, well, reason)
WHERE endpoint.id = noted.id AND endpoint.state = CASE WHEN noted.well THEN 'failing' ELSE 'enabled' END
