-- How the customers a sheet names are now, a row each.
SELECT
    clean.row, customer.id IS NOT NULL AS known, clean.code, nullif(customer.name, '') AS name,
    nullif(customer.email, '') AS email, nullif(customer.phone, '') AS phone, customer.country
FROM {rows} AS clean
LEFT JOIN customers_customer AS customer ON customer.code = clean.code
