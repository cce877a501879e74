-- The links of every lane, in their order.
SELECT lane, first, entries, digests, digest FROM access_audit_link ORDER BY lane, first
