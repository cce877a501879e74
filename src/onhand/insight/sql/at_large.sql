-- What is there in all. Counting SKUs is left to the planner where there are many; who waits is a short index.
SELECT (SELECT count(*) FROM places_site WHERE active),
       (SELECT CASE WHEN reltuples < 10000 THEN (SELECT count(*) FROM catalog_sku) ELSE reltuples::bigint END
        FROM pg_class WHERE oid = 'catalog_sku'::regclass),
       (SELECT coalesce(sum(on_hand), 0) FROM stock_position),
       waiting.pieces, waiting.lines
FROM (SELECT coalesce(sum(quantity), 0) AS pieces, count(*) AS lines
      FROM orders_backorder WHERE ended_at IS NULL) AS waiting
