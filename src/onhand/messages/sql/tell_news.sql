-- What customers know of their orders by now; nothing more is to be told of these.
UPDATE messages_order_news AS known
SET happened = '[]', due_at = NULL, told = known.told || given.told::jsonb, said = known.said || given.said::jsonb,
    changed_at = %(now)s
FROM unnest(%(orders)s::uuid[], %(told)s::text[], %(said)s::text[]) AS given (order_id, told, said)
WHERE known.order_id = given.order_id
