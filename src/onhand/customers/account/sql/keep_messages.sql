-- What was written, as a batch; what is known by its key already is not kept again.
INSERT INTO customers_message (id, key, customer, about, topic, direction, text, sent_at)
SELECT * FROM unnest(
    %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[]
)
ON CONFLICT (key) DO NOTHING
RETURNING id
