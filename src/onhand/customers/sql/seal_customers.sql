-- Customers, sealed.
UPDATE customers_customer AS customer
SET name = new.name, email = new.email, phone = new.phone, marks = new.marks::text[]
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS new (code, name, email, phone, marks)
WHERE customer.code = new.code
