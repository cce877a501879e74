"""Reviews: what customers thought of what they bought, latest first. Their words are sealed, and stand on pages."""

from __future__ import annotations

from typing import Final

from psycopg import sql

from onhand.core.database import Connection
from onhand.insight.lists.columns import Column, Order
from onhand.insight.lists.listing import Condition, Key, Listing

STATES: Final = ("waiting", "published", "rejected")


def _find(_db: Connection, text: str) -> Condition:
    """Reviews of a SKU."""
    return Condition(sql.SQL("review.sku = {}").format(sql.Literal(text)))


REVIEWS: Final = Listing(
    name="reviews",
    table="customers_reviews_review",
    alias="review",
    key=(Key("review.id", "uuid"),),
    columns=(
        Column("sku", "code", "review.sku", label="SKU"),
        Column("stars", "number", "review.stars"),
        Column("state", "state", "review.state", choices=STATES),
        # Ids begin with the moment in which they were made.
        Column("written", "moment", "review.written_at", sort=Order("review.id", (), "uuid")),
        Column("about", "text", "review.about", label="Order", filtered=False),
        Column("changed", "moment", "review.changed_at", shown=False, filtered=False),
        Column("answered", "moment", "review.answered_at", filtered=False),
        Column("decided_by", "code", "review.decided_by", label="By whom", shown=False, filtered=False),
    ),
    order=("-written",),
    always=("sku", "state", "about"),
    search=_find,
)
