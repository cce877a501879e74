-- Goods that are to come.
INSERT INTO stock_supply (id, kind, reference, sku_id, site_id, quantity, due, origin_id, lot_id)
SELECT *
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::numeric[], %s::timestamptz[],
            %s::bigint[], %s::bigint[])
