-- What happened to orders, kept until it is told. What was said first is what the customer knows; the first that happened
-- says when it is told.
INSERT INTO messages_order_news AS known (order_id, channel, number, happened, seq, said, due_at, changed_at)
SELECT order_id, channel, number, happened::jsonb, seq, said::jsonb, %(due)s, %(now)s
FROM unnest(%(orders)s::uuid[], %(channels)s::text[], %(numbers)s::text[], %(happened)s::text[], %(seqs)s::bigint[],
            %(said)s::text[]) AS given (order_id, channel, number, happened, seq, said)
ON CONFLICT (order_id) DO UPDATE
SET happened = known.happened || excluded.happened,
    seq = greatest(known.seq, excluded.seq),
    said = excluded.said || known.said,
    due_at = coalesce(known.due_at, excluded.due_at),
    changed_at = excluded.changed_at
