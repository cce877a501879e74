-- Of a kind only these situations are left.
UPDATE messages_alert AS alert
SET closed_at = greatest(alert.opened_at, %(now)s::timestamptz)
WHERE alert.closed_at IS NULL AND alert.kind = %(kind)s
  AND NOT EXISTS (
      SELECT FROM unnest(%(kinds)s::text[], %(skus)s::text[], %(sites)s::text[]) AS stays (kind, sku, site)
      WHERE stays.kind = alert.kind AND stays.sku = alert.sku AND stays.site = alert.site
  )
