-- Goods that are to come until a moment, or should have come already; what of them is promised, and their worth.
WITH due AS MATERIALIZED (
    SELECT id, kind, reference, sku_id, site_id, quantity - received AS missing, promised, due
    FROM stock_supply
    WHERE closed_at IS NULL AND due < %(until)s
        AND (%(sites)s::text[] IS NULL OR site_id IN (SELECT id FROM places_site WHERE code = ANY (%(sites)s)))
    ORDER BY due, id
    LIMIT %(most)s
)
SELECT
    sku.code, site.code, coalesce(nullif(sku.name, ''), product.name), due.reference, due.due, due.missing,
    price.currency, price.amount
FROM due
JOIN catalog_sku AS sku ON sku.id = due.sku_id
JOIN catalog_product AS product ON product.id = sku.product_id
JOIN places_site AS site ON site.id = due.site_id
LEFT JOIN LATERAL (
    SELECT currency, amount
    FROM catalog_price
    WHERE sku_id = due.sku_id AND valid_from <= %(now)s
    ORDER BY (currency = site.currency) DESC, valid_from DESC
    LIMIT 1
) AS price ON true
WHERE due.missing > 0
