-- Orders by the beginning of their number in any channel, the code of their customer, or that of a SKU in them; latest first.
(
    SELECT "order".id
    FROM orders_order AS "order"
    WHERE "order".channel_id = ANY (ARRAY(SELECT id FROM orders_channel)) AND "order".number LIKE %(prefix)s
    LIMIT %(most)s
)
UNION
(
    SELECT "order".id
    FROM orders_order AS "order"
    WHERE "order".customer_id = (SELECT id FROM customers_customer WHERE code = %(text)s)
    ORDER BY "order".id DESC
    LIMIT %(most)s
)
UNION
(
    SELECT line.order_id
    FROM (SELECT line_id FROM stock_reservation
          WHERE sku_id = (SELECT id FROM catalog_sku WHERE code = %(text)s)
          LIMIT %(most)s) AS claim
    JOIN orders_line AS line ON line.id = claim.line_id
)
UNION
(
    SELECT order_id FROM orders_backorder WHERE sku_id = (SELECT id FROM catalog_sku WHERE code = %(text)s) LIMIT %(most)s
)
