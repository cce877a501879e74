"""What is to come next, and what is below its threshold, is found without a look at what is over.

The indexes are built beside running writers; one that was left half-built is built anew.
"""

from django.db import migrations, models
from django.db.models import Q

COMING = models.Index(fields=["due", "id"], name="stock_supply_coming", condition=Q(closed_at=None))
BELOW = models.Index(fields=["crossed_at"], name="stock_threshold_below", condition=~Q(crossed_at=None))
BUILT = {
    COMING.name: "stock_supply (due, id) WHERE closed_at IS NULL",
    BELOW.name: "stock_threshold (crossed_at) WHERE crossed_at IS NOT NULL",
}


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("stock", "0006_carts_found_fast")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL([f"DROP INDEX CONCURRENTLY IF EXISTS {name}", f"CREATE INDEX CONCURRENTLY {name} ON {what}"])
                for name, what in BUILT.items()
            ],
            state_operations=[migrations.AddIndex("supply", COMING), migrations.AddIndex("threshold", BELOW)],
        )
    ]
