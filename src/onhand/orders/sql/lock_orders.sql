-- Lock orders in order of id and read their moments.
SELECT id, priority, confirmed_at, held_at, picked_at, packed_at, shipped_at, delivered_at
FROM orders_order WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
