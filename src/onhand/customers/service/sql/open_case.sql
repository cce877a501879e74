-- Open a case, once for each asking.
INSERT INTO customers_case (subject, customer_id, order_id, owner, priority, opened_at, opened_by, due_at, key)
VALUES (%(subject)s, %(customer)s, %(order)s, %(owner)s, %(priority)s, %(now)s, %(actor)s, %(due)s, %(key)s)
ON CONFLICT (key) DO NOTHING
RETURNING id
