-- Which positions of some SKUs or sites changed between two snapshots, and with which event each did so last.
SELECT max(event.seq), max(event.at), at.site, sku.code
FROM core_event AS event
CROSS JOIN LATERAL jsonb_each(event.data -> 'positions') AS at (site, skus)
CROSS JOIN LATERAL jsonb_array_elements_text(at.skus) AS sku (code)
WHERE event.xid >= pg_snapshot_xmin(%(seen)s::pg_snapshot)
  AND event.xid < pg_snapshot_xmax(%(until)s::pg_snapshot)
  AND NOT pg_visible_in_snapshot(event.xid, %(seen)s::pg_snapshot)
  AND pg_visible_in_snapshot(event.xid, %(until)s::pg_snapshot)
  AND event.seq > %(seq)s
  AND event.kind = 'stock.changed'
  AND (sku.code = ANY(%(skus)s::text[]) OR at.site = ANY(%(sites)s::text[]))
GROUP BY at.site, sku.code
ORDER BY 1
