-- Changes of customers that hold something of them in plain text.
SELECT id, found_by ->> 'code', before
FROM sheets_change
WHERE thing = 'customers'
    AND (
        before ->> 'name' NOT LIKE 'oh1:%%' OR before ->> 'email' NOT LIKE 'oh1:%%' OR before ->> 'phone' NOT LIKE 'oh1:%%'
    )
ORDER BY id
LIMIT %s
FOR NO KEY UPDATE SKIP LOCKED
