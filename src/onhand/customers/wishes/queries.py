"""Questions about wishes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from onhand.core.database import Connection


def sku_of(db: Connection, number: int) -> tuple[str, bool] | None:
    """The SKU somebody wishes for, and whether they still do; None for a wish that is not known any more."""
    return db.execute(
        "SELECT sku.code, wish.ended_at IS NULL FROM customers_wish AS wish"
        " JOIN catalog_sku AS sku ON sku.id = wish.sku_id WHERE wish.id = %s",
        (number,),
    ).fetchone()


def told_since(db: Connection, skus: Collection[str], since: datetime) -> dict[str, int]:
    """How many were told of each of these SKUs since a moment."""
    rows = db.execute(
        "SELECT sku.code, count(*) FROM customers_wish AS wish JOIN catalog_sku AS sku ON sku.id = wish.sku_id"
        " WHERE sku.code = ANY (%s) AND wish.outcome = 'told' AND wish.ended_at > %s GROUP BY sku.code",
        (list(skus), since),
    )
    return dict(rows.fetchall())
