-- Nothing more goes to these endpoints, for a reason.
UPDATE webhooks_endpoint
SET state = 'disabled', since = %(now)s, reason = %(reason)s
WHERE id = ANY(%(ids)s::uuid[]) AND state <> 'disabled'
