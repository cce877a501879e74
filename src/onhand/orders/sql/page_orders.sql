-- A page of orders, newest first, after the last id of the page before.
SELECT "order".id
FROM orders_order AS "order"
WHERE (%(before)s::uuid IS NULL OR "order".id < %(before)s)
  AND (%(state)s::text IS NULL OR "order".state = %(state)s)
  AND (%(channel)s::text IS NULL OR "order".channel_id = (SELECT id FROM orders_channel WHERE code = %(channel)s))
  AND (%(customer)s::text IS NULL
       OR "order".customer_id = (SELECT id FROM customers_customer WHERE code = %(customer)s))
  AND (%(sku)s::text IS NULL OR EXISTS (
        SELECT 1 FROM orders_line AS line
        WHERE line.order_id = "order".id AND line.sku_id = (SELECT id FROM catalog_sku WHERE code = %(sku)s)))
ORDER BY "order".id DESC
LIMIT %(most)s
