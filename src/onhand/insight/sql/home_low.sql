-- Positions below their threshold, with what is missing and what that is worth at the price of now.
WITH below AS MATERIALIZED (
    SELECT threshold.sku_id, threshold.site_id, threshold.quantity, threshold.crossed_at
    FROM stock_threshold AS threshold
    WHERE threshold.crossed_at IS NOT NULL
        AND (%(sites)s::text[] IS NULL
            OR threshold.site_id IN (SELECT id FROM places_site WHERE code = ANY (%(sites)s)))
    ORDER BY threshold.crossed_at
    LIMIT %(most)s
)
SELECT
    sku.code, site.code, coalesce(nullif(sku.name, ''), product.name), below.crossed_at, below.quantity,
    coalesce(position.available, 0), price.currency, price.amount, coming.due,
    donor.code, least(donor.spare, below.quantity - coalesce(position.available, 0))
FROM below
JOIN catalog_sku AS sku ON sku.id = below.sku_id
JOIN catalog_product AS product ON product.id = sku.product_id
JOIN places_site AS site ON site.id = below.site_id
LEFT JOIN stock_position AS position ON position.sku_id = below.sku_id AND position.site_id = below.site_id
LEFT JOIN LATERAL (
    SELECT currency, amount
    FROM catalog_price
    WHERE sku_id = below.sku_id AND valid_from <= %(now)s
    ORDER BY (currency = site.currency) DESC, valid_from DESC
    LIMIT 1
) AS price ON true
LEFT JOIN LATERAL (
    SELECT min(supply.due) AS due
    FROM stock_supply AS supply
    WHERE supply.sku_id = below.sku_id AND supply.site_id = below.site_id AND supply.closed_at IS NULL
) AS coming ON true
LEFT JOIN LATERAL (
    -- Whoever can best spare some: what lies above its own threshold, at a site from which the reader may send.
    SELECT giver.code, there.available - coalesce(own.quantity, 0) AS spare
    FROM stock_position AS there
    JOIN places_site AS giver ON giver.id = there.site_id
    LEFT JOIN stock_threshold AS own ON own.sku_id = there.sku_id AND own.site_id = there.site_id
    WHERE there.sku_id = below.sku_id AND there.site_id <> below.site_id
        AND there.available > coalesce(own.quantity, 0)
        AND (%(sites)s::text[] IS NULL OR giver.code = ANY (%(sites)s))
    ORDER BY spare DESC, giver.code
    LIMIT 1
) AS donor ON true
