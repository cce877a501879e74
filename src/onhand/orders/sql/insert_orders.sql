-- New orders.
INSERT INTO orders_order (id, channel_id, number, customer_id, currency, country, postcode, address, latitude,
                          longitude, priority, state, placed_at)
SELECT *
FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[],
            %s::float8[], %s::float8[], %s::smallint[], %s::text[], %s::timestamptz[])
