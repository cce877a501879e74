-- Lock serial numbers, in order of id: no other batch may bring the same piece in meanwhile.
SELECT id FROM stock_lot WHERE id = ANY(%s) AND single ORDER BY id FOR NO KEY UPDATE
