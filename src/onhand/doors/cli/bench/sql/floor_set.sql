\set start random(0, 1750)
BEGIN;
SELECT on_hand FROM bench_floor.positions WHERE sku_id BETWEEN :start AND :start + 250 ORDER BY sku_id FOR NO KEY UPDATE;
UPDATE bench_floor.positions SET reserved = reserved + 2 WHERE sku_id BETWEEN :start AND :start + 250;
WITH made AS (
    INSERT INTO bench_floor.orders (id, channel_id, number, currency, state, placed_at)
    SELECT gen_random_uuid(), 1, gen_random_uuid()::text, 'GBP', 'placed', now() FROM generate_series(1, 250) RETURNING id
), lined AS (
    INSERT INTO bench_floor.lines (id, order_id, number, sku_id, ordered, reserved, unit_price)
    SELECT gen_random_uuid(), made.id, line.number, :start::bigint + line.number, 1, 1, 9.99
    FROM made, (VALUES (1), (2)) AS line (number)
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
