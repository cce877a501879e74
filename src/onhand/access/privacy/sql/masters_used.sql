-- The master keys that wrap anything: one look at the index each, however many keys they wrap.
WITH RECURSIVE used AS (
    (SELECT master FROM access_privacy_key ORDER BY master LIMIT 1)
    UNION ALL
    SELECT (SELECT key.master FROM access_privacy_key AS key WHERE key.master > used.master ORDER BY key.master LIMIT 1)
    FROM used
    WHERE used.master IS NOT NULL
)
SELECT master FROM used WHERE master IS NOT NULL
