-- Backorders that wait for less, or until another day, or no longer; an ended one keeps the quantity it last waited for
-- and how it ended.
UPDATE orders_backorder AS backorder
SET quantity = CASE WHEN new.quantity > 0 THEN new.quantity ELSE backorder.quantity END,
    priority = new.priority,
    eta = new.eta,
    ended_at = CASE WHEN new.quantity = 0 THEN now.at END,
    outcome = CASE WHEN new.quantity = 0 THEN new.outcome END
FROM (VALUES (%s::timestamptz)) AS now (at),
     unnest(%s::uuid[], %s::numeric[], %s::smallint[], %s::text[], %s::timestamptz[])
     AS new (id, quantity, priority, outcome, eta)
WHERE backorder.id = new.id
