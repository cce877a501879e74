-- Tables shaped like the ledger's, for pgbench to write to; dropped when it is done.
DROP SCHEMA IF EXISTS bench_floor CASCADE;
CREATE SCHEMA bench_floor;
CREATE TABLE bench_floor.orders (LIKE orders_order INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES);
CREATE TABLE bench_floor.lines (LIKE orders_line INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES);
CREATE TABLE bench_floor.claims (LIKE stock_reservation INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES);
CREATE TABLE bench_floor.positions (LIKE stock_position INCLUDING ALL);
CREATE TABLE bench_floor.events (LIKE core_event INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING CONSTRAINTS INCLUDING INDEXES);
CREATE TABLE bench_floor.answers (LIKE core_answer INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES);
ALTER TABLE bench_floor.positions SET (fillfactor = 70);
INSERT INTO bench_floor.positions (sku_id, site_id, on_hand)
SELECT sku, 1, 50000000 FROM generate_series(1, 2000) AS sku;
