-- The invariants of orders, and of what the ledger holds for them. A row comes back for each that is broken.
WITH claims AS (
    SELECT line_id, sum(quantity) AS quantity
    FROM stock_reservation WHERE ended_at IS NULL AND line_id IS NOT NULL AND supply_id IS NULL GROUP BY line_id
),
pegs AS (
    SELECT claim.line_id, sum(claim.quantity) AS quantity, max(supply.due) AS due
    FROM stock_reservation AS claim JOIN stock_supply AS supply ON supply.id = claim.supply_id
    WHERE claim.ended_at IS NULL AND claim.line_id IS NOT NULL GROUP BY claim.line_id
),
waits AS (SELECT line_id, sum(quantity) AS quantity FROM orders_backorder WHERE ended_at IS NULL GROUP BY line_id),
found (invariant, example) AS (
    SELECT 'Every line holds what it has reserved', to_jsonb(line)
    FROM orders_line AS line LEFT JOIN claims ON claims.line_id = line.id
    WHERE line.reserved <> coalesce(claims.quantity, 0)
    UNION ALL
    SELECT 'Every claim belongs to a line', to_jsonb(claims)
    FROM claims LEFT JOIN orders_line AS line ON line.id = claims.line_id WHERE line.id IS NULL
    UNION ALL
    SELECT 'Every line waits for what it has backordered', to_jsonb(line)
    FROM orders_line AS line LEFT JOIN waits ON waits.line_id = line.id
    WHERE line.backordered <> coalesce(waits.quantity, 0)
    UNION ALL
    SELECT 'Who waits has a day where all of it is promised, and only there', to_jsonb(waiting)
    FROM orders_backorder AS waiting
    LEFT JOIN pegs ON pegs.line_id = waiting.line_id
    WHERE waiting.ended_at IS NULL
      AND waiting.eta IS DISTINCT FROM CASE WHEN pegs.quantity >= waiting.quantity THEN pegs.due END
    UNION ALL
    SELECT 'A line''s quantities add up', to_jsonb(line)
    FROM orders_line AS line WHERE ordered <> reserved + backordered + shipped + cancelled
    UNION ALL
    SELECT 'Every line belongs to an order', to_jsonb(line)
    FROM orders_line AS line LEFT JOIN orders_order AS "order" ON "order".id = line.order_id WHERE "order".id IS NULL
    UNION ALL
    SELECT 'Every order has a line', to_jsonb("order")
    FROM orders_order AS "order" WHERE NOT EXISTS (SELECT 1 FROM orders_line WHERE order_id = "order".id)
)
SELECT invariant, count(*), (array_agg(example))[1] FROM found GROUP BY invariant ORDER BY invariant
