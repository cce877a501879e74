-- Channels, in the order of their codes.
SELECT channel.code, channel.code, channel.name, channel.kind, channel.currency, channel.backorders, channel.active
FROM orders_channel AS channel
WHERE {filters}
ORDER BY channel.code
LIMIT %(most)s
