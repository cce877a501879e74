-- Which serial numbers are on hand somewhere.
SELECT DISTINCT balance.lot_id
FROM stock_lot AS lot
JOIN stock_balance AS balance
  ON balance.sku_id = lot.sku_id AND balance.lot_id = lot.id AND NOT balance.virtual AND balance.quantity > 0
WHERE lot.id = ANY(%s)
