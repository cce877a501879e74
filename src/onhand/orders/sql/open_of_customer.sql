-- How many orders of a customer are open, and the number of one.
SELECT count(*), min("order".number)
FROM orders_order AS "order"
WHERE "order".customer_id = (SELECT id FROM customers_customer WHERE code = %s)
    AND "order".state IN ('placed', 'backordered', 'confirmed', 'held', 'picked', 'packed', 'part_shipped')
