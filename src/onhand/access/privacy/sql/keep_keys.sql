-- New keys; who got one meanwhile keeps theirs.
INSERT INTO access_privacy_key (subject, id, master, wrapped)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bytea[])
ON CONFLICT (subject) DO NOTHING
