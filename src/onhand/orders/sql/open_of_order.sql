-- Whether a guest's order is open, and its number.
SELECT count(*), min("order".number)
FROM orders_order AS "order"
WHERE "order".id = (%s)::text::uuid
    AND "order".state IN ('placed', 'backordered', 'confirmed', 'held', 'picked', 'packed', 'part_shipped')
