-- What lay on hand at the end of each day: what lies there now, less what has come since, day by day backwards.
WITH change AS (
    SELECT (move.at AT TIME ZONE 'UTC')::date AS day,
           sum(move.quantity * ((target.kind <> 'virtual')::int - (source.kind <> 'virtual')::int)) AS quantity
    FROM stock_move AS move
    JOIN places_location AS source ON source.id = move.source_id
    JOIN places_location AS target ON target.id = move.target_id
    WHERE move.at >= %(since)s::timestamptz
    GROUP BY 1
)
SELECT day.day,
       (SELECT coalesce(sum(on_hand), 0) FROM stock_position)
       - coalesce(sum(change.quantity) OVER (ORDER BY day.day DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
FROM (SELECT generate_series(%(first)s::date, %(last)s::date, '1 day')::date AS day) AS day
LEFT JOIN change ON change.day = day.day
ORDER BY day.day
