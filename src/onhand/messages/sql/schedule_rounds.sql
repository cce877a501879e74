-- People are told at these moments, or sooner.
INSERT INTO messages_round (person, channel, due_at)
SELECT person, channel, due FROM unnest(%(people)s::text[], %(channels)s::text[], %(dues)s::timestamptz[])
    AS given (person, channel, due)
ON CONFLICT (person, channel) DO UPDATE SET due_at = least(messages_round.due_at, EXCLUDED.due_at)
