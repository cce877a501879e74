-- Keys that another master key wraps; those somebody holds just now come with a later page.
SELECT subject, id, master, wrapped
FROM access_privacy_key
WHERE master <> %s
ORDER BY subject
LIMIT %s
FOR NO KEY UPDATE
