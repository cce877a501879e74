-- Lock positions in the one global order (sku, site) and read their figures. The threshold is nobody's claim, so it
-- is read without a lock.
SELECT position.sku_id, position.site_id, on_hand, unsellable, reserved, inbound, promised, in_transit,
       threshold.quantity, threshold.crossed_at
FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (sku_id, site_id)
JOIN stock_position AS position USING (sku_id, site_id)
LEFT JOIN stock_threshold AS threshold USING (sku_id, site_id)
ORDER BY position.sku_id, position.site_id
FOR NO KEY UPDATE OF position
