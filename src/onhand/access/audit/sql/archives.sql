-- The months that went to the archive, oldest first.
SELECT month, file, digest, heads FROM access_audit_archive ORDER BY month
