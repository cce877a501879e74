-- Create customers, or change them, and say of each whether anything changed.
WITH wanted AS (
    SELECT *
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS record (code, name, email, phone, country)
),
saved AS (
    INSERT INTO customers_customer AS customer (code, name, email, phone, country)
    SELECT code, name, email, phone, country
    FROM wanted
    ON CONFLICT (code) DO UPDATE
    SET (name, email, phone, country) = (excluded.name, excluded.email, excluded.phone, excluded.country)
    WHERE (customer.name, customer.email, customer.phone, customer.country)
        IS DISTINCT FROM (excluded.name, excluded.email, excluded.phone, excluded.country)
    RETURNING code
)
SELECT
    wanted.code,
    CASE WHEN old.id IS NULL THEN 'created' WHEN saved.code IS NULL THEN 'unchanged' ELSE 'changed' END AS change
FROM wanted
LEFT JOIN saved USING (code)
LEFT JOIN customers_customer AS old USING (code)
