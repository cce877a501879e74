-- Forget a page of alerts that were over long ago.
DELETE FROM messages_alert
WHERE id IN (SELECT id FROM messages_alert WHERE closed_at < %(before)s ORDER BY closed_at LIMIT %(page)s)
