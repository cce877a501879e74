-- Add prices or replace those from the very same moment. One without a moment begins now, unless it holds already.
WITH wanted AS (
    SELECT
        record.position, record.sku_id, record.currency, record.amount,
        coalesce(record.valid_from, %(now)s) AS valid_from,
        record.valid_from IS NULL AND present.amount = record.amount AS holds,
        present.valid_from AS holds_from, present.amount AS amount_until_now
    FROM unnest(
        %(sku_id)s::bigint[], %(currency)s::text[], %(amount)s::numeric[], %(valid_from)s::timestamptz[]
    ) WITH ORDINALITY AS record (sku_id, currency, amount, valid_from, position)
    LEFT JOIN LATERAL (
        SELECT price.amount, price.valid_from
        FROM catalog_price AS price
        WHERE price.sku_id = record.sku_id AND price.currency = record.currency AND price.valid_from <= %(now)s
        ORDER BY price.valid_from DESC
        LIMIT 1
    ) AS present ON true
),
saved AS (
    INSERT INTO catalog_price AS price (sku_id, currency, amount, valid_from)
    SELECT sku_id, currency, amount, valid_from
    FROM wanted
    WHERE holds IS NOT TRUE
    ON CONFLICT (sku_id, currency, valid_from) DO UPDATE SET amount = excluded.amount
    WHERE price.amount <> excluded.amount
    RETURNING price.sku_id, price.currency, price.valid_from
)
SELECT
    CASE WHEN wanted.holds THEN wanted.holds_from ELSE wanted.valid_from END AS valid_from,
    CASE WHEN saved.sku_id IS NULL THEN 'unchanged' WHEN old.id IS NULL THEN 'created' ELSE 'changed' END AS change,
    wanted.amount_until_now
FROM wanted
LEFT JOIN saved USING (sku_id, currency, valid_from)
LEFT JOIN catalog_price AS old USING (sku_id, currency, valid_from)
ORDER BY wanted.position
