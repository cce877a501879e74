-- The entries of a month as their digests were made of them.
SELECT access_audit_text(lane, place, at, seq, happened_at, kind, subject, actor, origin, why, about, data)
FROM access_audit_entry_{month}
ORDER BY lane, place
