-- What lines begin to wait for.
INSERT INTO orders_backorder (id, line_id, order_id, sku_id, quantity, priority, since, cause, eta)
SELECT *
FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[], %s::numeric[], %s::smallint[], %s::timestamptz[],
            %s::text[], %s::timestamptz[])
