-- What arrived of supplies, what is promised of them, what is announced anew; one of which nothing more comes is closed.
-- One that was called off before any of it came keeps the quantity it was announced with.
UPDATE stock_supply AS supply
SET received = supply.received + change.received,
    promised = supply.promised + change.promised,
    quantity = CASE WHEN supply.quantity + change.announced > 0 THEN supply.quantity + change.announced
                    ELSE supply.quantity END,
    due = coalesce(change.due, supply.due),
    closed_at = CASE WHEN supply.received + change.received >= supply.quantity + change.announced THEN now.at END
FROM unnest(%s::uuid[], %s::numeric[], %s::numeric[], %s::numeric[], %s::timestamptz[])
     AS change (id, received, promised, announced, due),
     (VALUES (%s::timestamptz)) AS now (at)
WHERE supply.id = change.id
