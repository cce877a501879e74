-- What somebody thinks of a line, for the first time or by now; either way it waits to be let through.
INSERT INTO customers_reviews_review
    (id, order_id, about, line, sku, customer, stars, text, state, written_at, changed_at)
VALUES (%(id)s, %(order)s, %(about)s, %(line)s, %(sku)s, %(customer)s, %(stars)s, %(text)s, 'waiting', %(now)s, %(now)s)
ON CONFLICT (order_id, line) DO UPDATE SET
    stars = excluded.stars, text = excluded.text, state = 'waiting', changed_at = excluded.changed_at,
    decided_at = NULL, decided_by = '', why = ''
