-- A new endpoint.
INSERT INTO webhooks_endpoint (id, url, kinds, sites, channels, description, made_by, made_at, since)
VALUES (%s, %s, %s::text[], %s::text[], %s::text[], %s, %s, %s, %s)
