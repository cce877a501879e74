-- Open alerts; of those that are open only the figures change.
INSERT INTO messages_alert (kind, sku, site, opened_at, urgency, facts, news)
SELECT kind, sku, site, at, urgency, facts::jsonb, nextval('messages_news')
FROM unnest(%(kinds)s::text[], %(skus)s::text[], %(sites)s::text[], %(ats)s::timestamptz[], %(urgencies)s::int[],
            %(facts)s::text[]) AS given (kind, sku, site, at, urgency, facts)
ON CONFLICT (kind, sku, site) WHERE closed_at IS NULL DO UPDATE SET urgency = EXCLUDED.urgency, facts = EXCLUDED.facts
RETURNING id, site, xmax = 0
