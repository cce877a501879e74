-- The entries of a batch.
INSERT INTO stock_move (recorded_at, sku_id, lot_id, source_id, target_id, quantity, at, reason, reference, actor)
SELECT %s, *
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::timestamptz[], %s::text[],
            %s::text[], %s::text[])
