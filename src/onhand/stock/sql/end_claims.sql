-- Claims that are over, and how each ended.
UPDATE stock_reservation AS claim
SET ended_at = %s, outcome = ended.outcome
FROM unnest(%s::uuid[], %s::text[]) AS ended (id, outcome)
WHERE claim.id = ended.id AND claim.ended_at IS NULL
