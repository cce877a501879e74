"""Who waits without a day is found without a look at all who wait; and the day is what is promised now.

Until now the day was written when a line began to wait, and stayed when what it was promised changed. The days of
those who wait are set right once, under their orders' locks, in the order in which everybody takes them. The index is
built beside running writers; one that was left half-built is built anew.
"""

from django.db import migrations, models
from django.db.models import F, Q

WITHOUT_DAY = models.Index(
    "sku_id",
    F("priority") * -1,
    "since",
    "id",
    name="orders_backorder_without_day",
    condition=Q(ended_at=None, eta=None),
)

SET_RIGHT = """
    WITH told AS (
        SELECT waiting.id, waiting.order_id, CASE WHEN promised.quantity >= waiting.quantity THEN promised.due END AS eta
        FROM orders_backorder AS waiting
        CROSS JOIN LATERAL (
            SELECT sum(claim.quantity) AS quantity, max(supply.due) AS due
            FROM stock_reservation AS claim
            JOIN stock_supply AS supply ON supply.id = claim.supply_id
            WHERE claim.line_id = waiting.line_id AND claim.ended_at IS NULL AND claim.cart IS NULL
        ) AS promised
        WHERE waiting.ended_at IS NULL
          AND waiting.eta IS DISTINCT FROM CASE WHEN promised.quantity >= waiting.quantity THEN promised.due END
    ), locked AS (
        SELECT "order".id FROM orders_order AS "order"
        WHERE "order".id IN (SELECT order_id FROM told) ORDER BY "order".id FOR NO KEY UPDATE
    )
    UPDATE orders_backorder AS waiting
    SET eta = told.eta
    FROM told JOIN locked ON locked.id = told.order_id
    WHERE waiting.id = told.id AND waiting.ended_at IS NULL
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0005_on_the_road"), ("stock", "0008_latest_pegs")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    [
                        "DROP INDEX CONCURRENTLY IF EXISTS orders_backorder_without_day",
                        "CREATE INDEX CONCURRENTLY orders_backorder_without_day"
                        " ON orders_backorder (sku_id, (priority * -1), since, id)"
                        " WHERE ended_at IS NULL AND eta IS NULL",
                    ]
                )
            ],
            state_operations=[migrations.AddIndex("backorder", WITHOUT_DAY)],
        ),
        migrations.RunSQL(SET_RIGHT),
    ]
