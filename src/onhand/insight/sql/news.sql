-- What happened last: of each kind the latest, with the names a person knows things by, and how many others there were.
-- That figures changed is no news beside what changed them.
SELECT event.at, event.kind, event.subject,
       jsonb_strip_nulls(jsonb_build_object(
           'number', coalesce("order".number, event.data ->> 'number'),
           'site', coalesce(site.code, event.data ->> 'site'),
           'sku', coalesce(sku.code, event.data ->> 'sku'),
           'quantity', event.data ->> 'quantity'
       ))::text AS facts,
       event.others
FROM (
    SELECT DISTINCT ON (kind) seq, at, kind, subject, data, count(*) OVER (PARTITION BY kind) - 1 AS others
    FROM (SELECT * FROM core_event ORDER BY seq DESC LIMIT %(most)s) AS lately
    WHERE kind <> 'stock.changed'
    ORDER BY kind, seq DESC
) AS event
LEFT JOIN orders_order AS "order"
  ON "order".id = CASE WHEN event.subject ~ '^order/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                       THEN substr(event.subject, 7)::uuid END
LEFT JOIN catalog_sku AS sku
  ON sku.id = CASE WHEN jsonb_typeof(event.data -> 'sku') = 'number' THEN (event.data ->> 'sku')::bigint END
LEFT JOIN places_site AS site
  ON site.id = CASE WHEN jsonb_typeof(event.data -> 'site') = 'number' THEN (event.data ->> 'site')::bigint END
ORDER BY event.seq DESC
