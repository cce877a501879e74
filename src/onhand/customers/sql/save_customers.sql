-- Create customers, or change them.
INSERT INTO customers_customer AS customer (code, name, email, phone, country, marks)
SELECT code, name, email, phone, country, marks::text[]
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS record (code, name, email, phone, country, marks)
ON CONFLICT (code) DO UPDATE
SET (name, email, phone, country, marks, erased_at)
    = (excluded.name, excluded.email, excluded.phone, excluded.country, excluded.marks, NULL)
