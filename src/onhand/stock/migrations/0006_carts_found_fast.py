"""Claims of carts are found by their cart, and by when their time is up.

Two indexes had one condition, and of a table just filled the planner took the wrong one: it read all that carts held.
The new ones are built beside running writers, and serve the queries of the version before, too; one that was left
half-built is built anew.
"""

from django.db import migrations, models
from django.db.models import Q

OF_CART = models.Index(fields=["cart"], name="stock_reservation_of_cart", condition=Q(ended_at=None) & ~Q(cart=None))
LAPSE = models.Index(fields=["expires_at"], name="stock_reservation_lapse", condition=Q(ended_at=None, line_id=None))
BUILT = {
    OF_CART.name: "stock_reservation (cart) WHERE ended_at IS NULL AND cart IS NOT NULL",
    LAPSE.name: "stock_reservation (expires_at) WHERE ended_at IS NULL AND line_id IS NULL",
}
DROPPED = ("stock_reservation_cart", "stock_reservation_carts")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("stock", "0005_listings")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL([f"DROP INDEX CONCURRENTLY IF EXISTS {name}", f"CREATE INDEX CONCURRENTLY {name} ON {what}"])
                for name, what in BUILT.items()
            ]
            + [migrations.RunSQL([f"DROP INDEX CONCURRENTLY IF EXISTS {name}"]) for name in DROPPED],
            state_operations=[migrations.AddIndex("reservation", each) for each in (OF_CART, LAPSE)]
            + [migrations.RemoveIndex("reservation", name) for name in DROPPED],
        )
    ]
