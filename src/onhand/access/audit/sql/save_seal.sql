-- A seal.
INSERT INTO access_audit_seal (number, at, heads, key, mac)
VALUES (%(number)s, %(at)s, %(heads)s::jsonb, %(key)s, %(mac)s)
