-- Versions of policies, the latest first.
SELECT policy.id, policy.channel_id, policy.version, policy.rules, policy.created_at, policy.actor
FROM sourcing_policy AS policy
WHERE {filters}
ORDER BY policy.id DESC
LIMIT %(most)s
