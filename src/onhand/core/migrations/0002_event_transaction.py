"""The column by which followers know which transaction wrote an event; see ``core/events.py``."""

from django.db import migrations

ADD = """
ALTER TABLE core_event ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX core_event_xid ON core_event (xid);
CREATE FUNCTION core_keep_as_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: write a correcting entry instead', TG_TABLE_NAME;
END $$;
CREATE TRIGGER core_event_append_only BEFORE UPDATE OR DELETE ON core_event
    FOR EACH ROW EXECUTE FUNCTION core_keep_as_written();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunSQL(ADD, migrations.RunSQL.noop)]
