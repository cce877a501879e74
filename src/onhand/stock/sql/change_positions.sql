-- Add a batch's differences to its positions, one row each.
UPDATE stock_position AS position
SET on_hand = position.on_hand + change.on_hand,
    unsellable = position.unsellable + change.unsellable,
    reserved = position.reserved + change.reserved,
    inbound = position.inbound + change.inbound,
    promised = position.promised + change.promised,
    in_transit = position.in_transit + change.in_transit
FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[],
            %s::numeric[])
     AS change (sku_id, site_id, on_hand, unsellable, reserved, inbound, promised, in_transit)
WHERE position.sku_id = change.sku_id AND position.site_id = change.site_id
