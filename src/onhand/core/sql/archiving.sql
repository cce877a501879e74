-- The replication slot of the archive: whether it is in use, and how far behind the log's end it is.
SELECT active, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint
FROM pg_replication_slots
WHERE slot_name = 'onhand_backup'
