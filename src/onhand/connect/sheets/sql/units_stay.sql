-- What has been moved, promised, announced or ordered stays counted as it was.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    clean.row, changed.field, changed.value, 'unit_fixed',
    format('SKU %L has stock history, so its %s is fixed', clean.sku, changed.field),
    'create another SKU and retire this one'
FROM {clean} AS clean
JOIN {now} AS now USING (row)
JOIN catalog_sku AS sku ON sku.code = clean.sku
CROSS JOIN LATERAL (
    VALUES ('unit', clean.unit, now.unit), ('tracking', clean.tracking, now.tracking)
) AS changed (field, value, old)
WHERE now.known AND changed.value <> changed.old
    AND (
        EXISTS (SELECT FROM stock_move AS move WHERE move.sku_id = sku.id)
        OR EXISTS (SELECT FROM stock_reservation AS claim WHERE claim.sku_id = sku.id)
        OR EXISTS (SELECT FROM orders_backorder AS waiting WHERE waiting.sku_id = sku.id)
    )
