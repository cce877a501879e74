-- Forget a page of what was told of orders to which nothing happened for long.
DELETE FROM messages_order_news
WHERE order_id IN (
    SELECT order_id FROM messages_order_news
    WHERE due_at IS NULL AND changed_at < %(before)s
    ORDER BY changed_at
    LIMIT %(page)s
)
