-- The number of the latest seal and what it sealed.
SELECT number, heads FROM access_audit_seal ORDER BY number DESC LIMIT 1
