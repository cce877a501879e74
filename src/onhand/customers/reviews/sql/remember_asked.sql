-- Orders asked about, or passed over; those that were not remembered yet.
INSERT INTO customers_reviews_asked (order_id, about, customer, digest, sent, asked_at)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bytea[], %s::boolean[], %s::timestamptz[])
ON CONFLICT (order_id) DO NOTHING
RETURNING order_id
