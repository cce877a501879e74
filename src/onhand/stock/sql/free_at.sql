-- What may be promised at positions; holds of carts whose time is up count as free.
SELECT sku_id, site_id, position.available + coalesce((
    SELECT sum(claim.quantity)
    FROM stock_reservation AS claim
    WHERE claim.sku_id = position.sku_id AND claim.site_id = position.site_id AND claim.ended_at IS NULL
      AND claim.line_id IS NULL AND claim.expires_at <= %(now)s
), 0)
FROM unnest(%(skus)s::bigint[], %(sites)s::bigint[]) AS wanted (sku_id, site_id)
JOIN stock_position AS position USING (sku_id, site_id)
