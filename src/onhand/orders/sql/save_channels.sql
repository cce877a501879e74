-- Create or change channels.
INSERT INTO orders_channel (code, name, kind, currency, backorders)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[])
ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, currency = excluded.currency,
    backorders = excluded.backorders
