-- New claims on positions and supplies.
INSERT INTO stock_reservation (id, sku_id, site_id, quantity, made_at, line_id, cart, expires_at, supply_id)
SELECT *
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::numeric[], %s::timestamptz[], %s::uuid[], %s::text[],
            %s::timestamptz[], %s::uuid[])
