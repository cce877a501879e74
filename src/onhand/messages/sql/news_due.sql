-- Orders of which something is to be told now.
SELECT order_id, channel, number, happened, seq, told, said FROM messages_order_news
WHERE due_at <= %(now)s
ORDER BY due_at, order_id
LIMIT %(most)s
