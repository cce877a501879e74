-- New versions of policies.
INSERT INTO sourcing_policy (actor, created_at, channel_id, version, rules)
SELECT %s, %s, channel_id, version, rules::jsonb
FROM unnest(%s::bigint[], %s::int[], %s::text[]) AS policy (channel_id, version, rules)
