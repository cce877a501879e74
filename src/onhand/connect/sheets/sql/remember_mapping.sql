-- Keep the mapping of files with these headers; a later one replaces it.
INSERT INTO sheets_mapping (kind, headers, fields)
VALUES (%(kind)s, %(headers)s, %(fields)s::jsonb)
ON CONFLICT (kind, headers) WHERE name IS NULL DO UPDATE SET fields = excluded.fields, used_at = now()
