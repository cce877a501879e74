-- SKUs that any row of the ledger names.
SELECT wanted.id
FROM unnest(%s::bigint[]) AS wanted (id)
WHERE EXISTS (SELECT FROM stock_position AS position WHERE position.sku_id = wanted.id)
    OR EXISTS (SELECT FROM stock_balance AS balance WHERE balance.sku_id = wanted.id)
    OR EXISTS (SELECT FROM stock_move AS move WHERE move.sku_id = wanted.id)
    OR EXISTS (SELECT FROM stock_reservation AS claim WHERE claim.sku_id = wanted.id)
    OR EXISTS (SELECT FROM stock_threshold AS threshold WHERE threshold.sku_id = wanted.id)
    OR EXISTS (SELECT FROM stock_lot AS lot WHERE lot.sku_id = wanted.id)
