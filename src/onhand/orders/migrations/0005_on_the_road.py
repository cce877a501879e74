"""Orders that are on the road are found without a look at all that ever were.

The index is built beside running writers; one that was left half-built is built anew.
"""

from django.db import migrations, models
from django.db.models import Q

ON_THE_ROAD = models.Index(fields=["id"], name="orders_order_on_the_road", condition=Q(state="shipped"))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0004_plain_found_fast")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    [
                        "DROP INDEX CONCURRENTLY IF EXISTS orders_order_on_the_road",
                        "CREATE INDEX CONCURRENTLY orders_order_on_the_road ON orders_order (id) WHERE state = 'shipped'",
                    ]
                )
            ],
            state_operations=[migrations.AddIndex("order", ON_THE_ROAD)],
        )
    ]
