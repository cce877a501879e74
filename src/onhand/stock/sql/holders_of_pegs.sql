-- Whose promises on supplies were made last: step by step down the index of promises, as deep as the quantity goes. A
-- step costs the same however many hold one.
WITH RECURSIVE pegs AS (
    SELECT supply_id, quantity AS left_over, 'infinity'::timestamptz AS made_at,
           'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid AS id, NULL::uuid AS line_id
    FROM unnest(%s::uuid[], %s::numeric[]) AS shaken (supply_id, quantity)
    UNION ALL
    SELECT pegs.supply_id, pegs.left_over - next.quantity, next.made_at, next.id, next.line_id
    FROM pegs
    CROSS JOIN LATERAL (
        SELECT claim.quantity, claim.made_at, claim.id, claim.line_id
        FROM stock_reservation AS claim
        WHERE claim.supply_id = pegs.supply_id AND claim.ended_at IS NULL
          AND (claim.made_at, claim.id) < (pegs.made_at, pegs.id)
        ORDER BY claim.made_at DESC, claim.id DESC
        LIMIT 1
    ) AS next
    WHERE pegs.left_over > 0
)
SELECT DISTINCT line_id FROM pegs WHERE line_id IS NOT NULL
