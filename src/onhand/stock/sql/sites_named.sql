-- Sites that any row of the ledger names: a supply has its position, a move its balances.
SELECT wanted.id
FROM unnest(%s::bigint[]) AS wanted (id)
WHERE EXISTS (SELECT FROM stock_position AS position WHERE position.site_id = wanted.id)
    OR EXISTS (SELECT FROM stock_threshold AS threshold WHERE threshold.site_id = wanted.id)
    OR EXISTS (
        SELECT
        FROM places_location AS location
        JOIN stock_balance AS balance ON balance.location_id = location.id
        WHERE location.site_id = wanted.id
    )
