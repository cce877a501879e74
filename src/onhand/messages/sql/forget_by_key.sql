-- Forget to whom letters went and what they said; one that waits is given up.
UPDATE messages_letter
SET body = '', address = '',
    state = CASE WHEN state IN ('queued', 'failed') THEN 'given_up' ELSE state END,
    ended_at = coalesce(ended_at, %(now)s)
WHERE key = ANY (%(keys)s::text[])
