"""Old events may be forgotten, by who says so in the same transaction (``core/retention.py``); none may be changed."""

from django.db import migrations

ADD = """
CREATE FUNCTION core_keep_unless_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('onhand.forgetting', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only: write a correcting entry instead', TG_TABLE_NAME;
END $$;
DROP TRIGGER core_event_append_only ON core_event;
CREATE TRIGGER core_event_append_only BEFORE UPDATE ON core_event
    FOR EACH ROW EXECUTE FUNCTION core_keep_as_written();
CREATE TRIGGER core_event_kept BEFORE DELETE ON core_event
    FOR EACH ROW EXECUTE FUNCTION core_keep_unless_forgetting();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_event_transaction")]
    operations = [migrations.RunSQL(ADD, migrations.RunSQL.noop)]
