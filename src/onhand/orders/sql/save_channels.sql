-- Create channels, or change them, and say of each whether anything changed.
WITH wanted AS (
    SELECT *
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::boolean[])
        AS record (code, name, kind, currency, backorders, active)
),
saved AS (
    INSERT INTO orders_channel AS channel (code, name, kind, currency, backorders, active)
    SELECT code, name, kind, currency, backorders, active
    FROM wanted
    ON CONFLICT (code) DO UPDATE
    SET (name, kind, currency, backorders, active)
        = (excluded.name, excluded.kind, excluded.currency, excluded.backorders, excluded.active)
    WHERE (channel.name, channel.kind, channel.currency, channel.backorders, channel.active)
        IS DISTINCT FROM
          (excluded.name, excluded.kind, excluded.currency, excluded.backorders, excluded.active)
    RETURNING code
)
SELECT
    wanted.code,
    CASE WHEN old.id IS NULL THEN 'created' WHEN saved.code IS NULL THEN 'unchanged' ELSE 'changed' END AS change,
    to_jsonb(old) AS before
FROM wanted
LEFT JOIN saved USING (code)
LEFT JOIN orders_channel AS old USING (code)
