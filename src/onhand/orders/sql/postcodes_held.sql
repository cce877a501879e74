-- Postcodes of orders as they are kept, locked in order of id.
SELECT id, postcode FROM orders_order WHERE id = ANY (%s) ORDER BY id FOR NO KEY UPDATE
