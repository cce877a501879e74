"""Orders whose postcode is not sealed yet are found at once; and the log forgets where they were to go.

The index is built while orders are placed. Events of amended orders held the whole destination; from now on, and from
here back, they hold its country.
"""

from django.db import migrations

PLAIN = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_order_plain ON orders_order (id)
WHERE (postcode <> '' AND postcode NOT LIKE 'oh1:%')
    OR latitude <> round(latitude::numeric, 1)::float8
    OR longitude <> round(longitude::numeric, 1)::float8
"""
# One statement, so one transaction: the log is append-only again before anybody else can write to it.
FORGET = """
DO $$
BEGIN
    ALTER TABLE core_event DISABLE TRIGGER core_event_append_only;
    UPDATE core_event SET data = data #- '{ship_to,postcode}' #- '{ship_to,latitude}' #- '{ship_to,longitude}'
    WHERE kind = 'order.amended' AND data -> 'ship_to' ?| ARRAY['postcode', 'latitude', 'longitude'];
    ALTER TABLE core_event ENABLE TRIGGER core_event_append_only;
END $$
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0003_listings"), ("core", "0003_forget_events")]
    operations = [
        migrations.RunSQL(PLAIN, migrations.RunSQL.noop),
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
    ]
