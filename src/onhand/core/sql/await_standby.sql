-- Has the commit that follows wait for the synchronous standby, where there is one, although nothing was changed: what
-- lies before this message in the log is then on the standby, too.
SELECT pg_logical_emit_message(true, 'onhand', ''::text)
WHERE current_setting('synchronous_standby_names') <> ''
