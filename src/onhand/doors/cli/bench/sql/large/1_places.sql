-- Fifty sites in five regions, each with the locations every site has and twenty shelves.
INSERT INTO places_site (code, name, kind, country, region, time_zone, currency, latitude, longitude)
SELECT 'site-' || lpad(n::text, 2, '0'), 'Site ' || n, CASE WHEN n %% 5 = 0 THEN 'warehouse' ELSE 'store' END,
       (ARRAY['GB', 'PT', 'ES', 'FR', 'DE'])[1 + n %% 5], (ARRAY['North', 'South', 'East', 'West', 'Isles'])[1 + n %% 5],
       'UTC', 'GBP', 36 + n %% 20, -9 + n %% 30
FROM generate_series(1, %(sites)s) AS n;
INSERT INTO places_location (site_id, code, kind)
SELECT site.id, place.code, place.kind
FROM places_site AS site
CROSS JOIN (VALUES ('supplier', 'virtual'), ('customer', 'virtual'), ('loss', 'virtual'), ('workshop', 'virtual'),
                   ('transit', 'virtual'), ('pick', 'pick'), ('receiving', 'receiving'), ('quarantine', 'quarantine'),
                   ('damaged', 'damaged'), ('packing', 'packing'), ('shipping', 'shipping')) AS place (code, kind);
INSERT INTO places_location (site_id, code, kind, zone)
SELECT site.id, 'A-' || lpad(shelf::text, 2, '0'), 'reserve', 'A'
FROM places_site AS site CROSS JOIN generate_series(1, 20) AS shelf
