-- An order that was placed is amended, not placed again with other contents.
INSERT INTO {faults} (row, field, value, code, reason, remedy)
SELECT
    clean.row, 'number', clean.number, 'number_taken', 'this order is placed already, with other contents',
    'amend that order, or give this one its own number'
FROM {clean} AS clean
JOIN {now} AS now USING (row)
WHERE now.known
    AND (
        now.sku IS DISTINCT FROM clean.sku OR now.quantity <> clean.quantity OR now.unit_price <> clean.unit_price
        OR now.customer IS DISTINCT FROM coalesce(clean.customer, now.customer)
    )
