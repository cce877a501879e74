-- From which sites the goods of orders come: what is reserved, and what has left. One row an order and site.
WITH wanted AS (
    SELECT channel.code, "order".number, "order".id
    FROM unnest(%(channels)s::text[], %(numbers)s::text[]) AS asked (code, number)
    JOIN orders_channel AS channel ON channel.code = asked.code
    JOIN orders_order AS "order" ON "order".channel_id = channel.id AND "order".number = asked.number
), lying AS (
    SELECT wanted.code, wanted.number, claim.site_id
    FROM wanted
    JOIN orders_line AS line ON line.order_id = wanted.id
    JOIN stock_reservation AS claim ON claim.line_id = line.id AND claim.ended_at IS NULL AND claim.cart IS NULL
    UNION
    SELECT wanted.code, wanted.number, source.site_id
    FROM wanted
    JOIN stock_move AS move ON move.reference = 'order/' || wanted.code || '/' || wanted.number AND move.reason = 'sale'
    JOIN places_location AS source ON source.id = move.source_id
)
SELECT lying.code, lying.number, site.code
FROM lying
JOIN places_site AS site ON site.id = lying.site_id
