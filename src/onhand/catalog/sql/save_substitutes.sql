-- Replace the substitutes of SKUs; answers the SKUs whose substitutes were others before.
WITH wanted AS (
    SELECT *
    FROM unnest(%(sku_id)s::bigint[], %(other_id)s::bigint[], %(rank)s::smallint[]) AS record (sku_id, other_id, rank)
),
dropped AS (
    DELETE FROM catalog_substitute AS old
    WHERE old.sku_id = ANY (%(skus)s)
        AND NOT EXISTS (SELECT FROM wanted WHERE (wanted.sku_id, wanted.other_id) = (old.sku_id, old.other_id))
    RETURNING old.sku_id
),
saved AS (
    INSERT INTO catalog_substitute AS old (sku_id, other_id, rank)
    SELECT sku_id, other_id, rank FROM wanted
    ON CONFLICT (sku_id, other_id) DO UPDATE SET rank = excluded.rank WHERE old.rank <> excluded.rank
    RETURNING old.sku_id
)
SELECT sku_id FROM dropped
UNION
SELECT sku_id FROM saved
