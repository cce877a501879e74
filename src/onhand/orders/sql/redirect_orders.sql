-- Orders that go elsewhere from now on.
UPDATE orders_order AS "order"
SET country = new.country, postcode = new.postcode, address = new.address, latitude = new.latitude,
    longitude = new.longitude
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::float8[], %s::float8[])
     AS new (id, country, postcode, address, latitude, longitude)
WHERE "order".id = new.id
