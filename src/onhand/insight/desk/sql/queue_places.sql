-- Where the waiting lines of an order stand in the queues for their SKUs, as the queue is served: by priority, then age.
-- Held orders are passed over. Counted no farther than is worth telling.
SELECT mine.line_id, sku.code, mine.quantity, mine.since, mine.cause,
       CASE WHEN promised.quantity >= mine.quantity THEN promised.due END, ahead.lines, waiting.lines
FROM orders_backorder AS mine
JOIN catalog_sku AS sku ON sku.id = mine.sku_id
CROSS JOIN LATERAL (
    SELECT sum(claim.quantity) AS quantity, max(supply.due) AS due
    FROM stock_reservation AS claim
    JOIN stock_supply AS supply ON supply.id = claim.supply_id
    WHERE claim.line_id = mine.line_id AND claim.ended_at IS NULL AND claim.cart IS NULL
) AS promised
CROSS JOIN LATERAL (
    SELECT count(*) AS lines
    FROM (
        SELECT FROM orders_backorder AS other
        JOIN orders_order AS "order" ON "order".id = other.order_id AND "order".held_at IS NULL
        WHERE other.sku_id = mine.sku_id AND other.ended_at IS NULL
          AND (other.priority * -1, other.since, other.id) < (mine.priority * -1, mine.since, mine.id)
        LIMIT %(most)s
    ) AS before
) AS ahead
CROSS JOIN LATERAL (
    SELECT count(*) AS lines
    FROM (
        SELECT FROM orders_backorder AS other
        JOIN orders_order AS "order" ON "order".id = other.order_id AND "order".held_at IS NULL
        WHERE other.sku_id = mine.sku_id AND other.ended_at IS NULL
        LIMIT %(most)s
    ) AS all_of_them
) AS waiting
WHERE mine.order_id = %(order)s AND mine.ended_at IS NULL
