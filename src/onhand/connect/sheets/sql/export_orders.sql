-- Orders, a line each.
SELECT
    channel.code AS channel, placed.number, placed.state, placed.placed_at, customer.code AS customer, placed.country,
    placed.postcode, placed.address, placed.currency, placed.priority, line.number AS line, sku.code AS sku, line.ordered AS quantity,
    line.unit_price, line.reserved, line.backordered, line.shipped, line.cancelled, line.returned,
    coalesce('customer/' || customer.code, 'order/' || placed.id) AS whose
FROM orders_order AS placed
JOIN orders_channel AS channel ON channel.id = placed.channel_id
JOIN orders_line AS line ON line.order_id = placed.id
JOIN catalog_sku AS sku ON sku.id = line.sku_id
LEFT JOIN customers_customer AS customer ON customer.id = placed.customer_id
ORDER BY placed.id, line.number
