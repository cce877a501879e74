-- What became of lines.
UPDATE orders_line AS line
SET ordered = new.ordered, reserved = new.reserved, backordered = new.backordered, shipped = new.shipped,
    cancelled = new.cancelled, returned = new.returned
FROM unnest(%s::uuid[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[])
     AS new (id, ordered, reserved, backordered, shipped, cancelled, returned)
WHERE line.id = new.id
  AND (line.ordered, line.reserved, line.backordered, line.shipped, line.cancelled, line.returned)
      IS DISTINCT FROM (new.ordered, new.reserved, new.backordered, new.shipped, new.cancelled, new.returned)
