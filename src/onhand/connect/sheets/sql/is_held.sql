-- Whether somebody holds the lock of an import.
SELECT EXISTS (
    SELECT
    FROM pg_locks
    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND objid = %s AND classid = (hashtext('onhand.sheets')::bigint & 4294967295)::oid
)
