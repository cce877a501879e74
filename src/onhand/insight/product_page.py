"""One SKU, whole: what it is, where it lies, what is coming, who holds it, how its stock went, what was changed.

Who holds it and what was moved are lists of their own (``lists.ALL["reservations"]``, ``["backorders"]`` and
``["moves"]``, narrowed by ``sku``), which this page begins.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from onhand.catalog import queries as catalog
from onhand.catalog.queries import SkuDetail
from onhand.core.database import Connection, statement
from onhand.core.events import Event
from onhand.core.refusals import Refused
from onhand.insight import lists
from onhand.insight.lists.reading import ListPage
from onhand.insight.lists.view import Filter, View
from onhand.insight.telling import Happened, told
from onhand.stock import queries as stock
from onhand.stock.queries import Coming

DAYS: Final = 90
MOST_DAYS: Final = 400
FIRST_ROWS: Final = 10
MOST_CHANGES: Final = 20


class AtSite(msgspec.Struct, frozen=True):
    """The SKU at a site, with what is coming there; ``below_since`` while it is below its threshold."""

    site: str
    site_name: str
    on_hand: Decimal
    unsellable: Decimal
    reserved: Decimal
    available: Decimal
    inbound: Decimal
    in_transit: Decimal
    time_zone: str
    threshold: Decimal | None
    below_since: datetime | None
    coming: list[Coming]


class Totals(msgspec.Struct, frozen=True):
    """The SKU over all sites."""

    on_hand: Decimal = Decimal(0)
    unsellable: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)
    available: Decimal = Decimal(0)
    inbound: Decimal = Decimal(0)
    in_transit: Decimal = Decimal(0)


class Day(msgspec.Struct, frozen=True):
    """The SKU when a day ended, in UTC; of today, as it is now."""

    day: date
    on_hand: Decimal
    reserved: Decimal
    available: Decimal


class ProductPage(msgspec.Struct, frozen=True):
    """A SKU with all that belongs to it; barcodes, prices and substitutes stand in ``sku``."""

    sku: SkuDetail
    product: str
    product_name: str
    description: str
    category: str | None
    category_name: str | None
    product_active: bool
    product_published: bool
    totals: Totals
    sites: list[AtSite]
    reserved_for: ListPage
    waiting: ListPage
    changes: list[Happened]


_BESIDES: Final = (
    "product",
    "product_name",
    "description",
    "category",
    "category_name",
    "product_active",
    "product_published",
)


def product_page(db: Connection, sku: str, *, now: datetime) -> ProductPage | None:
    """A SKU by its code; None when there is none."""
    detail = catalog.sku_detail(db, sku)
    if detail is None:
        return None
    besides = db.execute(statement("insight", "sku_besides"), [sku]).fetchone() or ()
    product = dict(zip(_BESIDES, besides, strict=True))
    sites = _sites(db, detail, now)
    subjects = [f"sku/{sku}", f"product/{product['product']}"]
    return ProductPage(
        sku=detail,
        **product,
        totals=_totals(sites),
        sites=sites,
        reserved_for=_first(db, "reservations", sku),
        waiting=_first(db, "backorders", sku),
        changes=last_changes(db, subjects),
    )


def history(db: Connection, sku: int, *, now: datetime, site: int | None = None, days: int = DAYS) -> list[Day]:
    """How a SKU's stock went, day by day, over all sites or at one; by the ids of both."""
    today = now.astimezone(UTC).date()
    first = today - timedelta(days=min(days, MOST_DAYS))
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    given = {"sku": sku, "site": site, "since": since, "first": first, "last": today}
    return [Day(*row) for row in db.execute(statement("insight", "sku_by_day"), given)]


def last_changes(db: Connection, subjects: list[str], *, most: int = MOST_CHANGES) -> list[Happened]:
    """What was changed last about some subjects of the log, the latest first."""
    rows = db.execute(statement("insight", "last_events"), {"subjects": subjects, "most": most})
    return told(db, [Event(*row) for row in rows])


def _sites(db: Connection, sku: SkuDetail, now: datetime) -> list[AtSite]:
    besides = {code: rest for code, *rest in db.execute(statement("insight", "sku_at_sites"), [sku.id])}
    return [
        AtSite(
            *(each.site, besides[each.site][0], each.on_hand, each.unsellable, each.reserved, each.available),
            *(each.inbound, each.in_transit, *besides[each.site][1:], each.coming),
        )
        for each in stock.availability(db, skus=[sku.code], now=now)
        if each.site in besides
    ]


def _totals(sites: list[AtSite]) -> Totals:
    names = Totals.__struct_fields__
    return Totals(*(sum((getattr(site, name) for site in sites), Decimal(0)) for name in names))


def _first(db: Connection, name: str, sku: str) -> ListPage:
    """The beginning of a list, narrowed to a SKU."""
    found = lists.page(db, lists.ALL[name], View(filters=(Filter("sku", "is", (sku,)),)), size=FIRST_ROWS)
    return ListPage([]) if isinstance(found, Refused) else found
