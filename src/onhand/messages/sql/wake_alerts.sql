-- What was put off until now is worth telling again.
UPDATE messages_alert
SET snoozed_until = NULL, news = nextval('messages_news')
WHERE closed_at IS NULL AND snoozed_until <= %(now)s AND acknowledged_at IS NULL
RETURNING id, site, escalated_to
