-- What is still to come, soonest first.
SELECT id, sku_id, site_id, kind, reference, due, quantity - received, promised, lot_id
FROM stock_supply
WHERE sku_id = ANY(%s) AND closed_at IS NULL
ORDER BY due, id
