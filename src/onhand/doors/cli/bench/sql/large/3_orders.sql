-- A year of orders of two lines each; all but the last fiftieth have come to an end.
INSERT INTO customers_customer (code, country)
SELECT 'C' || n, 'GB' FROM generate_series(1, %(orders)s / 10) AS n;
INSERT INTO orders_channel (code, name, kind, currency)
VALUES ('web', 'Web shop', 'web', 'GBP'), ('phone', 'Telephone', 'phone', 'GBP'), ('market', 'Market', 'marketplace', 'GBP');
INSERT INTO orders_order (id, channel_id, number, customer_id, currency, country, priority, state, placed_at, recorded_at,
                          confirmed_at, held_at, shipped_at, delivered_at)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n %% 4096), 3, '0') || '8'
        || lpad(to_hex(n), 15, '0'))::uuid,
       channel.id, 'N' || lpad(n::text, 8, '0'), customer.id, 'GBP', (ARRAY['GB', 'GB', 'GB', 'PT', 'ES', 'FR'])[1 + n %% 6],
       CASE WHEN n %% 100 = 7 THEN 5 ELSE 0 END, state, at, at, at, CASE WHEN state = 'held' THEN at END,
       CASE WHEN state IN ('shipped', 'delivered', 'returned') THEN at + interval '1 hour' END,
       CASE WHEN state IN ('delivered', 'returned') THEN at + interval '1 day' END
FROM (
    SELECT n, %(now)s::timestamptz - interval '365 days' * (1 - n::float8 / %(orders)s) AS at,
           CASE WHEN n > %(orders)s * 0.98
                THEN (ARRAY['placed', 'confirmed', 'backordered', 'held', 'picked', 'packed', 'backordered'])[1 + n %% 7]
                WHEN n %% 50 = 1 THEN 'cancelled' WHEN n %% 50 = 2 THEN 'shipped' WHEN n %% 200 = 3 THEN 'returned'
                ELSE 'delivered' END AS state
    FROM generate_series(1, %(orders)s) AS n
) AS made
JOIN orders_channel AS channel ON channel.code = (ARRAY['web', 'web', 'phone', 'market'])[1 + n %% 4]
JOIN customers_customer AS customer ON customer.code = 'C' || (1 + n %% (%(orders)s / 10))
ORDER BY n;
CREATE TEMP TABLE sold AS
SELECT "order".id AS order_id, "order".number, "order".state, "order".placed_at, place,
       1 + ((row_number() OVER (ORDER BY "order".id, place) * 7919 + 104729 * place) %% %(skus)s) AS rank,
       1 + ((row_number() OVER (ORDER BY "order".id, place) * 31) %% %(sites)s) AS site_rank,
       overlay(overlay("order".id::text PLACING '9' FROM 20) PLACING place::text FROM 21)::uuid AS line_id
FROM orders_order AS "order" CROSS JOIN generate_series(1, 2) AS place;
ALTER TABLE sold ADD sku_id bigint, ADD site_id bigint;
UPDATE sold SET sku_id = sku.id, site_id = site.id
FROM (SELECT id, row_number() OVER (ORDER BY id) AS rank FROM catalog_sku) AS sku,
     (SELECT id, row_number() OVER (ORDER BY id) AS rank FROM places_site) AS site
WHERE sku.rank = sold.rank AND site.rank = sold.site_rank;
INSERT INTO orders_line (id, order_id, number, sku_id, ordered, reserved, backordered, shipped, cancelled, returned, unit_price)
SELECT line_id, order_id, place, sku_id, 1,
       (state IN ('placed', 'confirmed', 'held', 'picked', 'packed') OR state = 'backordered' AND place = 1)::int,
       (state = 'backordered' AND place = 2)::int, (state IN ('shipped', 'delivered', 'returned'))::int,
       (state = 'cancelled')::int, (state = 'returned')::int, 9.99
FROM sold ORDER BY line_id;
INSERT INTO stock_reservation (id, sku_id, site_id, quantity, line_id, made_at, ended_at, outcome)
SELECT line_id, sku_id, site_id, 1, line_id, placed_at,
       CASE WHEN state IN ('shipped', 'delivered', 'returned', 'cancelled') THEN placed_at + interval '1 hour' END,
       CASE WHEN state = 'cancelled' THEN 'released' WHEN state IN ('shipped', 'delivered', 'returned') THEN 'shipped' END
FROM sold WHERE NOT (state = 'backordered' AND place = 2) ORDER BY line_id;
INSERT INTO orders_backorder (id, line_id, order_id, sku_id, quantity, since, cause)
SELECT line_id, line_id, order_id, sku_id, 1, placed_at, 'out_of_stock'
FROM sold WHERE state = 'backordered' AND place = 2
