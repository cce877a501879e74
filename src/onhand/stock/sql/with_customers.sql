-- What left for customers under references and has not come back, lot by lot, in the order in which it left.
SELECT move.reference, move.sku_id, move.lot_id, coalesce(lot.single, false),
       sum(CASE WHEN target.code = 'customer' THEN move.quantity ELSE -move.quantity END)
FROM stock_move AS move
JOIN places_location AS source ON source.id = move.source_id
JOIN places_location AS target ON target.id = move.target_id
LEFT JOIN stock_lot AS lot ON lot.id = move.lot_id
WHERE move.reference = ANY(%s) AND move.reference <> '' AND 'customer' IN (source.code, target.code)
GROUP BY 1, 2, 3, 4
HAVING sum(CASE WHEN target.code = 'customer' THEN move.quantity ELSE -move.quantity END) > 0
ORDER BY min(move.id)
