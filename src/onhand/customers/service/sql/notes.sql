-- Notes on a customer and on their orders, or on one order; pinned ones first, then the latest.
SELECT note.id, customer.code, note.order_id, note.text, note.pinned, note.author, note.at
FROM customers_note AS note
LEFT JOIN customers_customer AS customer ON customer.id = note.customer_id
WHERE {whose}
ORDER BY note.pinned DESC, note.id DESC
LIMIT %(most)s
