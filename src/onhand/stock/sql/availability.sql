-- Positions now. A cart's hold counts until its time is up, to the second, whether or not it has been swept away.
SELECT sku.code, site.code, position.on_hand, position.unsellable, position.reserved - lapsed.quantity,
       position.available + lapsed.quantity, position.inbound, position.in_transit, coming.supplies
FROM catalog_sku AS sku
JOIN stock_position AS position ON position.sku_id = sku.id
JOIN places_site AS site ON site.id = position.site_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(claim.quantity), 0) AS quantity
    FROM stock_reservation AS claim
    WHERE claim.sku_id = position.sku_id AND claim.site_id = position.site_id AND claim.ended_at IS NULL
      AND claim.line_id IS NULL AND claim.expires_at <= %(now)s
) AS lapsed
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'kind', supply.kind, 'reference', supply.reference, 'due', supply.due,
        'quantity', (supply.quantity - supply.received)::text, 'promised', supply.promised::text
    ) ORDER BY supply.due), '[]') AS supplies
    FROM stock_supply AS supply
    WHERE supply.sku_id = position.sku_id AND supply.site_id = position.site_id AND supply.closed_at IS NULL
      AND position.inbound + position.in_transit > 0
) AS coming
WHERE sku.code = ANY(%(skus)s)
  AND (%(sites)s::text[] IS NULL OR site.code = ANY(%(sites)s))
  AND (%(region)s::text IS NULL OR %(region)s IN (site.country, site.region))
ORDER BY sku.code, site.code
