-- Positions below their threshold, and those that will be gone before they can be restocked (as alerts say): what is
-- missing there, what that is worth at the price of now, and who can spare some.
WITH short AS MATERIALIZED (
    (
        SELECT threshold.sku_id, threshold.site_id, threshold.quantity AS wanted, threshold.crossed_at AS since,
               NULL::date AS runs_out, 0::numeric AS missing
        FROM stock_threshold AS threshold
        WHERE threshold.crossed_at IS NOT NULL
            AND (%(sites)s::text[] IS NULL
                OR threshold.site_id IN (SELECT id FROM places_site WHERE code = ANY (%(sites)s)))
        ORDER BY threshold.crossed_at
        LIMIT %(most)s
    )
    UNION ALL
    (
        SELECT sku.id, site.id, NULL, alert.opened_at, (alert.facts ->> 'date')::date,
               ceil((alert.facts ->> 'a_day')::numeric
                   * greatest(1, (alert.facts ->> 'restocked')::date - (alert.facts ->> 'date')::date))
        FROM messages_alert AS alert
        JOIN catalog_sku AS sku ON sku.code = alert.sku
        JOIN places_site AS site ON site.code = alert.site
        LEFT JOIN stock_threshold AS threshold ON threshold.sku_id = sku.id AND threshold.site_id = site.id
        WHERE alert.kind = 'will_run_out' AND alert.closed_at IS NULL AND alert.acknowledged_at IS NULL
            AND threshold.crossed_at IS NULL
            AND (%(sites)s::text[] IS NULL OR alert.site = ANY (%(sites)s))
        ORDER BY alert.opened_at
        LIMIT %(most)s
    )
)
SELECT
    sku.code, site.code, coalesce(nullif(sku.name, ''), product.name), short.since, short.runs_out,
    coalesce(position.available, 0), lack.pieces, price.currency, price.amount, coming.due, donor.code,
    least(donor.spare, lack.pieces)
FROM short
JOIN catalog_sku AS sku ON sku.id = short.sku_id
JOIN catalog_product AS product ON product.id = sku.product_id
JOIN places_site AS site ON site.id = short.site_id
LEFT JOIN stock_position AS position ON position.sku_id = short.sku_id AND position.site_id = short.site_id
CROSS JOIN LATERAL (
    SELECT coalesce(short.wanted - coalesce(position.available, 0), short.missing) AS pieces
) AS lack
LEFT JOIN LATERAL (
    SELECT currency, amount
    FROM catalog_price
    WHERE sku_id = short.sku_id AND valid_from <= %(now)s
    ORDER BY (currency = site.currency) DESC, valid_from DESC
    LIMIT 1
) AS price ON true
LEFT JOIN LATERAL (
    SELECT min(supply.due) AS due
    FROM stock_supply AS supply
    WHERE supply.sku_id = short.sku_id AND supply.site_id = short.site_id AND supply.closed_at IS NULL
) AS coming ON true
LEFT JOIN LATERAL (
    -- Whoever can best spare some: what lies above its own threshold, at a site from which the reader may send.
    SELECT giver.code, there.available - coalesce(own.quantity, 0) AS spare
    FROM stock_position AS there
    JOIN places_site AS giver ON giver.id = there.site_id
    LEFT JOIN stock_threshold AS own ON own.sku_id = there.sku_id AND own.site_id = there.site_id
    WHERE there.sku_id = short.sku_id AND there.site_id <> short.site_id
        AND there.available > coalesce(own.quantity, 0)
        AND (%(sites)s::text[] IS NULL OR giver.code = ANY (%(sites)s))
    ORDER BY spare DESC, giver.code
    LIMIT 1
) AS donor ON true
