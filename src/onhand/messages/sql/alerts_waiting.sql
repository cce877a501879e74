-- Upon how many nobody has acted, up to so many.
SELECT count(*) FROM (
    SELECT FROM messages_alert
    WHERE closed_at IS NULL AND acknowledged_at IS NULL AND snoozed_until IS NULL
      AND (%(sites)s::text[] IS NULL OR site = ANY(%(sites)s::text[]))
    LIMIT %(most)s
) AS those
