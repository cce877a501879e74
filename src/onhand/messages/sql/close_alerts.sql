-- The situations are over.
UPDATE messages_alert AS alert
SET closed_at = greatest(alert.opened_at, %(now)s::timestamptz)
FROM unnest(%(kinds)s::text[], %(skus)s::text[], %(sites)s::text[]) AS over (kind, sku, site)
WHERE alert.closed_at IS NULL AND alert.kind = over.kind AND alert.sku = over.sku AND alert.site = over.site
