-- Cases, latest first.
SELECT ticket.id,
       ticket.id, ticket.subject, customer.code, ticket.order_id, ticket.owner, ticket.state, ticket.priority,
       ticket.opened_at, ticket.opened_by, ticket.due_at, ticket.answered_at, ticket.closed_at
FROM customers_case AS ticket
LEFT JOIN customers_customer AS customer ON customer.id = ticket.customer_id
WHERE {filters}
ORDER BY ticket.id DESC
LIMIT %(most)s
