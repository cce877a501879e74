-- A wish for a SKU; its number, and whether it is new. Left again while it is open it stays the one it was.
WITH made AS (
    INSERT INTO customers_wish (sku_id, whose, email, language, made_at)
    SELECT sku.id, %(whose)s, %(email)s, %(language)s, %(now)s
    FROM catalog_sku AS sku
    WHERE sku.code = %(sku)s
    ON CONFLICT (sku_id, whose) WHERE ended_at IS NULL DO NOTHING
    RETURNING id
)
SELECT id, true FROM made
UNION ALL
SELECT wish.id, false
FROM customers_wish AS wish
JOIN catalog_sku AS sku ON sku.id = wish.sku_id
WHERE sku.code = %(sku)s AND wish.whose = %(whose)s AND wish.ended_at IS NULL
LIMIT 1
