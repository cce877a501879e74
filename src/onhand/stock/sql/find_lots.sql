-- The ids of lots by SKU and code.
SELECT lot.sku_id, lot.code, lot.id
FROM unnest(%s::bigint[], %s::text[]) AS wanted (sku_id, code)
JOIN stock_lot AS lot USING (sku_id, code)
