-- A month is in its file.
INSERT INTO access_audit_archive (month, at, file, entries, digest, heads)
VALUES (%(month)s, %(at)s, %(file)s, %(entries)s, %(digest)s, %(heads)s::jsonb)
