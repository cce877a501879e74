-- Lots and serial numbers, in the order in which they were first named, with what is left of each at our sites.
SELECT lot.id, sku.code, lot.code, lot.single, lot.expires_on, held.quantity, lot.created_at
FROM stock_lot AS lot
JOIN catalog_sku AS sku ON sku.id = lot.sku_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(balance.quantity), 0) AS quantity
    FROM stock_balance AS balance
    WHERE balance.sku_id = lot.sku_id AND balance.lot_id = lot.id AND NOT balance.virtual
) AS held
WHERE {filters}
ORDER BY lot.id
LIMIT %(most)s
