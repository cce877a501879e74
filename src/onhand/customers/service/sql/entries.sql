-- What was said about a case, first things first.
SELECT id, kind, text, author, at FROM customers_case_entry WHERE case_id = %s ORDER BY id LIMIT %s
