-- Read positions without locking them: what is true now and may not be in a moment.
SELECT position.sku_id, position.site_id, on_hand, unsellable, reserved, inbound, promised, in_transit
FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (sku_id, site_id)
JOIN stock_position AS position USING (sku_id, site_id)
