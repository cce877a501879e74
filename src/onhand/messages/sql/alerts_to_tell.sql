-- Of what people are to be told: news to them, of open alerts nobody has acted upon or put off, where they hear of
-- them, or that were handed up to what they are. The most urgent first.
SELECT asked.person, asked.channel, found.id, found.kind, found.sku, found.site, found.facts, found.opened_at,
       found.escalated, found.total, found.last
FROM unnest(%(people)s::text[], %(channels)s::text[], %(tolds)s::bigint[], %(sites)s::text[], %(names)s::text[])
     AS asked (person, channel, told, sites, names)
CROSS JOIN LATERAL (
    SELECT id, kind, sku, site, facts, opened_at, escalated_at IS NOT NULL AS escalated, count(*) OVER () AS total,
           max(news) OVER () AS last, urgency
    FROM messages_alert AS alert
    WHERE alert.closed_at IS NULL AND alert.acknowledged_at IS NULL AND alert.snoozed_until IS NULL
      AND alert.news > asked.told
      AND (asked.sites::jsonb ? alert.site
           OR (asked.names::jsonb ? alert.escalated_to
               AND (asked.names::jsonb -> alert.escalated_to = 'null'
                    OR asked.names::jsonb -> alert.escalated_to ? alert.site)))
    ORDER BY urgency DESC, opened_at, id
    LIMIT %(most)s
) AS found
ORDER BY asked.person, asked.channel, found.urgency DESC, found.opened_at, found.id
