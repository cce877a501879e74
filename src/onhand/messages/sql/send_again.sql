-- Letters that were given up go out again, from their first try on. One whose text is gone cannot.
UPDATE messages_letter
SET state = 'queued', tries = 0, next_at = %(now)s, ended_at = NULL
WHERE id = ANY(%(ids)s::bigint[]) AND state = 'given_up' AND body <> ''
  AND (useful_until IS NULL OR useful_until > %(now)s)
RETURNING id, whose, about
