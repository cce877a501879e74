-- Orders whose postcode is not sealed yet, or whose coordinates are those of a house; and whose they are.
SELECT "order".id, coalesce('customer/' || customer.code, 'order/' || "order".id)
FROM orders_order AS "order"
LEFT JOIN customers_customer AS customer ON customer.id = "order".customer_id
WHERE ("order".postcode <> '' AND "order".postcode NOT LIKE 'oh1:%%')
    OR "order".latitude <> round("order".latitude::numeric, 1)::float8
    OR "order".longitude <> round("order".longitude::numeric, 1)::float8
ORDER BY "order".id
LIMIT %s
