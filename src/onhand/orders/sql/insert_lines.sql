-- New lines.
INSERT INTO orders_line (id, order_id, number, sku_id, ordered, reserved, backordered, shipped, cancelled, unit_price)
SELECT *
FROM unnest(%s::uuid[], %s::uuid[], %s::smallint[], %s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[],
            %s::numeric[], %s::numeric[], %s::numeric[])
