-- SKUs the ledger has counted: moved, promised, or announced.
SELECT wanted.id
FROM unnest(%s::bigint[]) AS wanted (id)
WHERE EXISTS (SELECT FROM stock_move AS move WHERE move.sku_id = wanted.id)
   OR EXISTS (SELECT FROM stock_reservation AS claim WHERE claim.sku_id = wanted.id)
   OR EXISTS (SELECT FROM stock_supply AS supply WHERE supply.sku_id = wanted.id AND supply.closed_at IS NULL)
