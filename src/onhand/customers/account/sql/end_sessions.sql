-- End sessions under an address: all, one, or all but one.
DELETE FROM customers_account_session
WHERE mark = %(mark)s
    AND (%(only)s::bigint IS NULL OR id = %(only)s)
    AND (%(spare)s::bigint IS NULL OR id <> %(spare)s)
RETURNING id, customer
