-- What came in, what was sold, and the sums kept beside: three of five SKUs were once received at a site.
CREATE TEMP TABLE home AS
SELECT site.id AS site_id, row_number() OVER (ORDER BY site.id) AS rank,
       max(location.id) FILTER (WHERE location.code = 'supplier') AS supplier,
       max(location.id) FILTER (WHERE location.code = 'customer') AS customer,
       max(location.id) FILTER (WHERE location.code = 'pick') AS pick
FROM places_site AS site JOIN places_location AS location ON location.site_id = site.id GROUP BY site.id;
INSERT INTO stock_move (sku_id, source_id, target_id, quantity, at, recorded_at, reason, reference, actor)
SELECT sku.id, home.supplier, home.pick, 5 + (sku.id * 13 + home.rank * 7) %% 40, at, at, 'receipt', 'opening', 'bench'
FROM catalog_sku AS sku CROSS JOIN home
CROSS JOIN LATERAL (SELECT %(now)s::timestamptz - interval '400 days' + interval '1 second' * sku.id AS at) AS moment
WHERE (sku.id + home.rank) %% 5 < 3
ORDER BY sku.id, home.rank;
INSERT INTO stock_move (sku_id, source_id, target_id, quantity, at, recorded_at, reason, reference, actor)
SELECT sold.sku_id, home.pick, home.customer, 1, at, at, 'sale', 'order/web/' || sold.number, 'bench'
FROM sold JOIN home USING (site_id)
CROSS JOIN LATERAL (SELECT sold.placed_at + interval '1 hour' AS at) AS moment
WHERE sold.state IN ('shipped', 'delivered', 'returned') AND (sold.sku_id + home.rank) %% 5 < 3
ORDER BY at;
INSERT INTO stock_balance (location_id, sku_id, quantity, virtual)
SELECT location_id, sku_id, sum(quantity), virtual
FROM (SELECT target_id, sku_id, quantity, reason = 'sale' FROM stock_move
      UNION ALL SELECT source_id, sku_id, -quantity, reason <> 'sale' FROM stock_move)
     AS end_ (location_id, sku_id, quantity, virtual)
GROUP BY sku_id, location_id, virtual HAVING virtual OR sum(quantity) >= 0
ORDER BY sku_id, location_id;
INSERT INTO stock_position (sku_id, site_id, on_hand, reserved, inbound)
SELECT sku.id, home.site_id, coalesce(lying.quantity, 0), least(coalesce(claimed.quantity, 0), coalesce(lying.quantity, 0)),
       CASE WHEN (sku.id + home.rank * 3) %% 97 = 0 THEN 12 ELSE 0 END
FROM catalog_sku AS sku CROSS JOIN home
LEFT JOIN stock_balance AS lying ON lying.location_id = home.pick AND lying.sku_id = sku.id
LEFT JOIN (SELECT sku_id, site_id, sum(quantity) AS quantity FROM stock_reservation WHERE ended_at IS NULL
           GROUP BY sku_id, site_id) AS claimed ON claimed.sku_id = sku.id AND claimed.site_id = home.site_id
ORDER BY sku.id, home.site_id;
INSERT INTO stock_supply (id, kind, reference, sku_id, site_id, quantity, due)
SELECT gen_random_uuid(), 'purchase', 'PO-' || sku_id %% 1000, sku_id, site_id, inbound, %(now)s::timestamptz + interval '3 days'
FROM stock_position WHERE inbound > 0;
INSERT INTO stock_threshold (sku_id, site_id, quantity, crossed_at)
SELECT sku_id, site_id, 8, CASE WHEN available < 8 THEN %(now)s::timestamptz - interval '2 days' END
FROM stock_position WHERE (sku_id + site_id) %% 20 = 0
