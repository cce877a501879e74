-- Remember since when available has been below its threshold, or that it no longer is.
UPDATE stock_threshold AS threshold
SET crossed_at = CASE WHEN crossing.below THEN now.at END
FROM (VALUES (%s::timestamptz)) AS now (at),
     unnest(%s::bigint[], %s::bigint[], %s::boolean[]) AS crossing (sku_id, site_id, below)
WHERE threshold.sku_id = crossing.sku_id AND threshold.site_id = crossing.site_id
