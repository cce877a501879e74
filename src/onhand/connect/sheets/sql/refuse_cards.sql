-- Rows that held a card number, each cell as it was masked.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT row, field, value, 'card_number', %(reason)s, %(remedy)s
FROM unnest(%(rows)s::integer[], %(fields)s::text[], %(values)s::text[]) AS caught (row, field, value)
