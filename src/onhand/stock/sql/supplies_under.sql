-- What is still to come under its document's name, soonest first.
SELECT supply.id, sku_id, site_id, supply.kind, reference, supply.due, supply.quantity - supply.received,
       supply.promised, supply.lot_id
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS wanted (sku_id, site_id, reference)
JOIN stock_supply AS supply USING (sku_id, site_id, reference)
WHERE supply.closed_at IS NULL
ORDER BY supply.due, supply.id
