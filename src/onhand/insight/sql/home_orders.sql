-- Orders of one state that have waited longest, with what is still open of them and where their goods are held.
WITH oldest AS MATERIALIZED (
    SELECT id, channel_id, number, currency, priority, placed_at, confirmed_at, picked_at, packed_at, shipped_at, held_at
    FROM orders_order
    WHERE state = %(state)s
    ORDER BY id
    LIMIT %(most)s
)
SELECT
    channel.code, oldest.number, oldest.priority,
    CASE %(state)s
        WHEN 'confirmed' THEN oldest.confirmed_at WHEN 'picked' THEN oldest.picked_at
        WHEN 'packed' THEN oldest.packed_at WHEN 'shipped' THEN oldest.shipped_at WHEN 'held' THEN oldest.held_at
        ELSE oldest.placed_at
    END,
    oldest.currency, goods.worth, goods.pieces, goods.sites
FROM oldest
JOIN orders_channel AS channel ON channel.id = oldest.channel_id
CROSS JOIN LATERAL (
    SELECT
        sum(open.pieces * line.unit_price) AS worth, sum(open.pieces) AS pieces,
        (
            SELECT coalesce(array_agg(DISTINCT site.code), '{}')
            FROM orders_line AS held
            JOIN stock_reservation AS claim
                ON claim.line_id = held.id AND claim.ended_at IS NULL AND claim.cart IS NULL
                AND claim.supply_id IS NULL
            JOIN places_site AS site ON site.id = claim.site_id
            WHERE held.order_id = oldest.id
        ) AS sites
    FROM orders_line AS line
    CROSS JOIN LATERAL (
        SELECT CASE %(state)s WHEN 'shipped' THEN line.shipped - line.returned ELSE line.reserved + line.backordered END
    ) AS open (pieces)
    WHERE line.order_id = oldest.id
) AS goods
