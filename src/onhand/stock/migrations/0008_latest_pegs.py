"""Whose promises on a supply were made last is found without a look at all who hold one.

The index is built beside running writers; one that was left half-built is built anew.
"""

from django.db import migrations, models
from django.db.models import Q

LATEST_PEGS = models.Index(
    fields=["supply_id", "made_at", "id"],
    name="stock_reservation_latest_pegs",
    condition=Q(ended_at=None) & ~Q(supply_id=None),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("stock", "0007_what_waits")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    [
                        "DROP INDEX CONCURRENTLY IF EXISTS stock_reservation_latest_pegs",
                        "CREATE INDEX CONCURRENTLY stock_reservation_latest_pegs"
                        " ON stock_reservation (supply_id, made_at, id)"
                        " WHERE ended_at IS NULL AND supply_id IS NOT NULL",
                    ]
                )
            ],
            state_operations=[migrations.AddIndex("reservation", LATEST_PEGS)],
        )
    ]
