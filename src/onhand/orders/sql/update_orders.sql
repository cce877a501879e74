-- What became of orders.
UPDATE orders_order AS "order"
SET state = new.state, priority = new.priority, confirmed_at = new.confirmed_at, held_at = new.held_at,
    picked_at = new.picked_at, packed_at = new.packed_at, shipped_at = new.shipped_at, delivered_at = new.delivered_at
FROM unnest(%s::uuid[], %s::text[], %s::smallint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
            %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
     AS new (id, state, priority, confirmed_at, held_at, picked_at, packed_at, shipped_at, delivered_at)
WHERE "order".id = new.id
