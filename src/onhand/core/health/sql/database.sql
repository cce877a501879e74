-- The database server: connections in use and allowed, our size, the oldest transaction's age, standbys and how far the last of them is behind.
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int,
       current_setting('max_connections')::int,
       pg_database_size(current_database())::bigint,
       coalesce((SELECT max(extract(epoch FROM now() - xact_start)) FROM pg_stat_activity
                 WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
                   AND backend_type = 'client backend'), 0)::float8,
       (SELECT count(*) FROM pg_stat_replication)::int,
       (SELECT max(extract(epoch FROM replay_lag)) FROM pg_stat_replication)::float8,
       current_setting('server_version')
