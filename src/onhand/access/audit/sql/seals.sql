-- Every seal, in the order of their numbers.
SELECT number, at, heads, key, mac FROM access_audit_seal ORDER BY number
