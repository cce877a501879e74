-- The secrets of an endpoint end at a moment, or sooner if they were to.
UPDATE webhooks_secret SET ends_at = least(ends_at, %s) WHERE endpoint_id = %s AND (ends_at IS NULL OR ends_at > %s)
