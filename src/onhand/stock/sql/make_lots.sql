-- Lots and serial numbers named for the first time.
INSERT INTO stock_lot (sku_id, code, expires_on, single)
SELECT *
FROM unnest(%s::bigint[], %s::text[], %s::date[], %s::boolean[])
ON CONFLICT (sku_id, code) DO NOTHING
