-- Empty balances where a move reaches a place for the first time.
INSERT INTO stock_balance (sku_id, location_id, lot_id, virtual, quantity)
SELECT sku_id, location_id, lot_id, virtual, 0
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::boolean[]) AS wanted (sku_id, location_id, lot_id, virtual)
ON CONFLICT DO NOTHING
