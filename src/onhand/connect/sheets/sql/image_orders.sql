-- What has become of orders, line by line; what of them waits or is reserved may change by itself, and does not count.
SELECT
    clean.row, placed.id IS NOT NULL AS known, clean.channel, clean.number,
    (
        SELECT jsonb_agg(
            jsonb_build_array(line.number, line.sku_id, line.ordered, line.shipped, line.cancelled, line.returned)
            ORDER BY line.number
        )
        FROM orders_line AS line
        WHERE line.order_id = placed.id
    ) AS lines
FROM {rows} AS clean
LEFT JOIN orders_channel AS channel ON channel.code = clean.channel
LEFT JOIN orders_order AS placed ON placed.channel_id = channel.id AND placed.number = clean.number
