-- Dead letters of an endpoint, some or all, stand in line again.
UPDATE webhooks_delivery
SET state = 'behind', attempts = 0, next_at = %(now)s, ended_at = NULL
WHERE endpoint_id = %(endpoint)s AND state = 'dead' AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s::bigint[]))
