-- What lies in saleable locations although its lot's last day is over.
SELECT balance.sku_id, sku.code, location.site_id, balance.location_id, balance.lot_id, balance.quantity
FROM stock_lot AS lot
JOIN stock_balance AS balance
  ON balance.sku_id = lot.sku_id AND balance.lot_id = lot.id AND balance.quantity > 0 AND NOT balance.virtual
JOIN places_location AS location ON location.id = balance.location_id
JOIN catalog_sku AS sku ON sku.id = lot.sku_id
WHERE lot.expires_on < %(on)s AND location.kind NOT IN ('quarantine', 'damaged', 'virtual')
ORDER BY lot.expires_on
LIMIT %(most)s
