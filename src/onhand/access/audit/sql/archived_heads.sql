-- Where the lanes ended with the last month that is no longer in the database.
SELECT heads FROM access_audit_archive WHERE dropped_at IS NOT NULL ORDER BY month DESC LIMIT 1
