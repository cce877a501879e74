-- Whose the address of each order is: its customer's, or a guest's.
SELECT "order".id, coalesce('customer/' || customer.code, 'order/' || "order".id)
FROM orders_order AS "order"
LEFT JOIN customers_customer AS customer ON customer.id = "order".customer_id
WHERE "order".id = ANY (%s)
