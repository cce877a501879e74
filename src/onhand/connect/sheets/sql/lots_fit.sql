-- Lots and serial numbers are named where a SKU is tracked, and only there; a piece is one, and a lot's last day stays.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    clean.row, fault.field, fault.value, fault.code, fault.reason, fault.remedy
FROM {clean} AS clean
JOIN catalog_sku AS sku ON sku.code = clean.sku
LEFT JOIN stock_lot AS lot ON lot.sku_id = sku.id AND lot.code = clean.lot
CROSS JOIN LATERAL (
    VALUES
        ('lot', '', 'missing_lot', 'this SKU is tracked', 'name the lot or serial number',
         sku.tracking <> 'none' AND clean.lot IS NULL),
        ('lot', clean.lot, 'untracked', 'this SKU is not tracked', 'leave the lot out',
         sku.tracking = 'none' AND clean.lot IS NOT NULL),
        ('quantity', clean.quantity::text, 'one_piece', 'a serial number is one piece', 'say 1, or 0 when it is gone',
         sku.tracking = 'serial' AND clean.quantity NOT IN (0, 1)),
        ('expires_on', clean.expires_on::text, 'expiry_fixed', format('the lot''s last day is %s', lot.expires_on),
         'leave it out, or choose another lot', lot.expires_on <> clean.expires_on)
) AS fault (field, value, code, reason, remedy, holds)
WHERE fault.holds
