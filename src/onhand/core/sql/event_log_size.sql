-- The log's size: rows as last estimated, bytes with its indexes.
SELECT greatest(reltuples, 0)::bigint, pg_total_relation_size(oid) FROM pg_class WHERE oid = 'core_event'::regclass
