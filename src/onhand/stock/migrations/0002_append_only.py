"""The ledger is never edited: moves can be added, and nothing else."""

from django.db import migrations

ADD = """
CREATE TRIGGER stock_move_append_only BEFORE UPDATE OR DELETE ON stock_move
    FOR EACH ROW EXECUTE FUNCTION core_keep_as_written();
ALTER TABLE stock_position SET (fillfactor = 70);
ALTER TABLE stock_balance SET (fillfactor = 70);
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial"), ("core", "0002_event_transaction")]
    operations = [migrations.RunSQL(ADD, migrations.RunSQL.noop)]
