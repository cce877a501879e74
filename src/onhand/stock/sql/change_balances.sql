-- Add a batch's differences to its balances, one row each. Going below zero breaks a constraint, and so the batch.
UPDATE stock_balance AS balance
SET quantity = balance.quantity + change.quantity
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[]) AS change (sku_id, location_id, lot_id, quantity)
WHERE balance.sku_id = change.sku_id
  AND balance.location_id = change.location_id
  AND balance.lot_id IS NOT DISTINCT FROM change.lot_id
