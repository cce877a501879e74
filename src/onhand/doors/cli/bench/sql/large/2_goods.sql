-- Two hundred categories in ten branches; products of two SKUs each with a GTIN-13 and a price.
INSERT INTO catalog_category (code, name) SELECT 'top-' || n, 'Department ' || n FROM generate_series(1, 10) AS n;
INSERT INTO catalog_category (code, name, parent_id)
SELECT 'leaf-' || n, 'Category ' || n, top.id
FROM generate_series(1, 200) AS n JOIN catalog_category AS top ON top.code = 'top-' || (1 + n %% 10);
INSERT INTO catalog_product (code, name, category_id, active)
SELECT 'P' || lpad(n::text, 7, '0'),
       (ARRAY['Stoneware', 'Oak', 'Linen', 'Steel', 'Glass', 'Wool', 'Paper', 'Copper', 'Cotton', 'Bamboo'])[1 + n %% 10]
       || ' ' || (ARRAY['mug', 'lamp', 'bowl', 'tray', 'towel', 'knife', 'board', 'clock', 'candle', 'basket', 'rug',
                        'plate', 'vase', 'kettle', 'teapot', 'spoon', 'cushion', 'throw', 'frame', 'hook'])[1 + n / 10 %% 20]
       || ' ' || (ARRAY['red', 'blue', 'green', 'white', 'black', 'grey', 'natural'])[1 + n / 200 %% 7] || ' no. ' || n,
       category.id, n %% 50 <> 0
FROM generate_series(1, %(skus)s / 2) AS n JOIN catalog_category AS category ON category.code = 'leaf-' || (1 + n %% 200);
INSERT INTO catalog_sku (code, product_id, name)
SELECT product.code || '-' || size.code, product.id, product.name || ', ' || size.name
FROM catalog_product AS product CROSS JOIN (VALUES ('S', 'small'), ('L', 'large')) AS size (code, name)
ORDER BY product.id, size.code;
INSERT INTO catalog_barcode (code, sku_id)
SELECT '0' || body || (10 - (sum(digit * CASE WHEN place %% 2 = 0 THEN 3 ELSE 1 END) %% 10)) %% 10, id
FROM (SELECT id, '500' || lpad(id::text, 9, '0') AS body FROM catalog_sku) AS sku
CROSS JOIN LATERAL (SELECT place, substr(body, place, 1)::int AS digit FROM generate_series(1, 12) AS place) AS digits
GROUP BY id, body;
INSERT INTO catalog_price (sku_id, currency, amount, valid_from)
SELECT id, 'GBP', 1 + id %% 9000 / 100.0, '2024-01-01' FROM catalog_sku
