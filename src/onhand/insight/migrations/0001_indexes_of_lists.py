"""Indexes that the lists are read by: names of SKUs in their order and by their words, what is below its threshold, and
moves that are no sales by their reason.

None costs a sale anything: sales, which are most moves, stand in no index by reason, and are found soon without. They are built beside running writers, one statement each,
outside of a transaction; one that was left half-built is built anew.
"""

from django.db import migrations

INDEXES = {
    "insight_sku_name": "catalog_sku (lower(name), id)",
    "insight_sku_name_words": "catalog_sku USING gin (to_tsvector('simple'::regconfig, name::text))",
    "insight_below_threshold": "stock_threshold (site_id, sku_id) WHERE crossed_at IS NOT NULL",
    "insight_move_reason": "stock_move (reason, at, id) WHERE reason <> 'sale'",
}


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0001_initial"), ("stock", "0005_listings")]
    operations = [
        migrations.RunSQL(
            [f"DROP INDEX CONCURRENTLY IF EXISTS {name}", f"CREATE INDEX CONCURRENTLY {name} ON {what}"],
            [f"DROP INDEX CONCURRENTLY IF EXISTS {name}"],
        )
        for name, what in INDEXES.items()
    ]
