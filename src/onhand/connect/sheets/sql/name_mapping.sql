-- Keep a mapping under a name; a later one of that name replaces it.
INSERT INTO sheets_mapping (kind, headers, name, fields)
VALUES (%(kind)s, %(headers)s, %(name)s, %(fields)s::jsonb)
ON CONFLICT (kind, name) DO UPDATE SET fields = excluded.fields, headers = excluded.headers, used_at = now()
