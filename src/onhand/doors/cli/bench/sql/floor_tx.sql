\set first random_zipfian(1, 1000, 1.01)
\set second 1000 + random_zipfian(1, 1000, 1.01)
BEGIN;
SELECT on_hand, reserved FROM bench_floor.positions WHERE sku_id IN (:first, :second) AND site_id = 1 ORDER BY sku_id FOR NO KEY UPDATE;
UPDATE bench_floor.positions SET reserved = reserved + 1 WHERE sku_id IN (:first, :second) AND site_id = 1;
WITH made AS (
    INSERT INTO bench_floor.orders (id, channel_id, number, currency, state, placed_at)
    VALUES (gen_random_uuid(), 1, gen_random_uuid()::text, 'GBP', 'placed', now()) RETURNING id
), lined AS (
    INSERT INTO bench_floor.lines (id, order_id, number, sku_id, ordered, reserved, unit_price)
    SELECT gen_random_uuid(), made.id, line.number, line.sku, 1, 1, 9.99
    FROM made, (VALUES (1, :first::bigint), (2, :second::bigint)) AS line (number, sku)
    RETURNING id, sku_id
), claimed AS (
    INSERT INTO bench_floor.claims (id, sku_id, site_id, quantity, made_at, line_id)
    SELECT gen_random_uuid(), sku_id, 1, 1, now(), id FROM lined
), told AS (
    INSERT INTO bench_floor.events (at, kind, subject, actor, data)
    SELECT now(), 'order.placed', 'order/' || id, 'bench', '{"lines": [["A", "1"], ["B", "1"]]}' FROM made
)
INSERT INTO bench_floor.answers (key, fingerprint, answer, at)
SELECT id::text, '\x00', '{"answer": "placed"}', now() FROM made;
COMMIT;
