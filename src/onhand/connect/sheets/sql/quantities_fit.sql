-- Pieces are whole; other units divide as finely as their measure does. What is no longer sold is not counted in anew.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    clean.row, fault.field, fault.value, fault.code, fault.reason, fault.remedy
FROM {clean} AS clean
JOIN catalog_sku AS sku ON sku.code = clean.sku
CROSS JOIN LATERAL (SELECT coalesce(({decimals}::jsonb ->> sku.unit)::integer, 3) AS places) AS unit
CROSS JOIN LATERAL (
    VALUES
        ('quantity', clean.quantity::text, 'bad_quantity',
         CASE WHEN unit.places = 0 THEN format('%s is counted whole', sku.unit)
         ELSE format('%s has at most %s decimals', sku.unit, unit.places) END,
         'round the quantity', clean.quantity <> round(clean.quantity, unit.places)),
        ('sku', clean.sku, 'retired_sku', 'this SKU is no longer sold', 'reactivate it, or leave the row out',
         NOT sku.active)
) AS fault (field, value, code, reason, remedy, holds)
WHERE fault.holds
