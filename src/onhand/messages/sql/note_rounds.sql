-- How far people were told.
UPDATE messages_round AS round
SET due_at = NULL, told_up_to = greatest(told_up_to, coalesce(came.news, 0)),
    told_at = CASE WHEN came.news IS NULL THEN told_at ELSE %(now)s::timestamptz END
FROM unnest(%(people)s::text[], %(channels)s::text[], %(news)s::bigint[]) AS came (person, channel, news)
WHERE round.person = came.person AND round.channel = came.channel
