-- What arrived of supplies and what is promised of them; one that has come whole is closed.
UPDATE stock_supply AS supply
SET received = supply.received + change.received,
    promised = supply.promised + change.promised,
    closed_at = CASE WHEN supply.received + change.received >= supply.quantity THEN now.at END
FROM unnest(%s::uuid[], %s::numeric[], %s::numeric[]) AS change (id, received, promised),
     (VALUES (%s::timestamptz)) AS now (at)
WHERE supply.id = change.id
