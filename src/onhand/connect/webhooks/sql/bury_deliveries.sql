-- What still waits for endpoints that are disabled is dead.
UPDATE webhooks_delivery
SET state = 'dead', ended_at = %(now)s, last_error = 'the endpoint was disabled ' || %(reason)s
WHERE endpoint_id = ANY(%(ids)s::uuid[]) AND state IN ('waiting', 'behind')
