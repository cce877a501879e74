-- The open wishes that were left first, so many of each SKU; who is being told just now is passed over.
SELECT wish.id, sku.code, wish.whose, wish.email, wish.language
FROM unnest(%(skus)s::text[], %(most)s::int[]) AS wanted (code, most)
JOIN catalog_sku AS sku ON sku.code = wanted.code COLLATE "C"
CROSS JOIN LATERAL (
    SELECT open.id, open.whose, open.email, open.language
    FROM customers_wish AS open
    WHERE open.sku_id = sku.id AND open.ended_at IS NULL
    ORDER BY open.id
    LIMIT wanted.most
    FOR UPDATE SKIP LOCKED
) AS wish
ORDER BY wish.id
