-- Nobody has acted for as long as the site allows, or, where nothing is said for it, as long as is said for all others.
UPDATE messages_alert AS alert
SET escalated_at = %(now)s, escalated_to = rule."to", news = nextval('messages_news')
FROM messages_escalation AS rule
WHERE alert.closed_at IS NULL AND alert.acknowledged_at IS NULL AND alert.escalated_at IS NULL
  AND alert.snoozed_until IS NULL
  AND alert.opened_at <= %(now)s::timestamptz - make_interval(mins => rule.after_minutes)
  AND (rule.site = alert.site
       OR (rule.site = '' AND NOT EXISTS (SELECT FROM messages_escalation AS own WHERE own.site = alert.site)))
RETURNING alert.id, alert.site, alert.escalated_to
