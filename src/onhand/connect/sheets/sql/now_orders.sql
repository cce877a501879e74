-- Which orders of a sheet have been placed already, and how the line in the same place of the order is now.
SELECT
    clean.row, placed.id IS NOT NULL AS known, clean.channel, clean.number, sku.code AS sku, line.ordered AS quantity,
    line.unit_price, customer.code AS customer, placed.country, nullif(placed.postcode, '') AS postcode,
    nullif(placed.address, '') AS address, placed.currency, placed.placed_at, placed.priority, placed.id AS placed_id
FROM (
    SELECT *, row_number() OVER (PARTITION BY channel, number ORDER BY row) AS place FROM {rows} AS staged
) AS clean
LEFT JOIN orders_channel AS channel ON channel.code = clean.channel
LEFT JOIN orders_order AS placed ON placed.channel_id = channel.id AND placed.number = clean.number
LEFT JOIN orders_line AS line ON line.order_id = placed.id AND line.number = clean.place
LEFT JOIN catalog_sku AS sku ON sku.id = line.sku_id
LEFT JOIN customers_customer AS customer ON customer.id = placed.customer_id
