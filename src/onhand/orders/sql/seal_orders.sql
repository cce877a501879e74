-- Orders' postcodes, sealed; of their coordinates the town.
UPDATE orders_order AS "order"
SET postcode = new.postcode,
    latitude = round("order".latitude::numeric, 1)::float8,
    longitude = round("order".longitude::numeric, 1)::float8
FROM unnest(%s::uuid[], %s::text[]) AS new (id, postcode)
WHERE "order".id = new.id
