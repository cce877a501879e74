-- Write down what was said about a case, once for each asking.
INSERT INTO customers_case_entry (case_id, kind, text, author, at, key)
VALUES (%(number)s, %(kind)s, %(text)s, %(author)s, %(now)s, %(key)s)
ON CONFLICT (key) DO NOTHING
RETURNING id
