"""Lists: tables of stock, orders, moves and the rest, that can be searched, narrowed, sorted and paged. They only read.

    from onhand.insight import lists

    listing = lists.ALL["stock"]
    view = lists.parse(listing, request.META["QUERY_STRING"])        # ?site=london&available=lt:5&q=mug
    if refused(view): ...                                            # names the parameter, its fault and the remedy
    page = lists.page(db, listing, view, cursor=request.GET.get("cursor"), size=50)
    for row in page.rows:
        row.key, row["sku"], row["available"]
    for column in lists.columns(listing, view):                      # heads: column.title, column.kind, column.sort
        again = lists.write(listing, lists.sorted_by(view, column.name))
    total = lists.count(db, listing, view)                           # 412, or 10,000 and more

A list is declared (``Listing``: its table, joins, columns, search); a ``View`` says what of it is looked at, and is the
same as the query of its address. ``page`` reads forwards and backwards by the cursors it hands out, ``these`` reads
single rows again when they have changed, ``keys`` names all that match for an act upon them, ``stream`` brings every
row for an export. Each but ``stream`` answers with a ``Refused`` where it will not do what is asked.
"""

from __future__ import annotations

from typing import Final

from onhand.insight.lists.alerts import ALERTS
from onhand.insight.lists.audit import AUDIT
from onhand.insight.lists.cases import CASES
from onhand.insight.lists.columns import Column
from onhand.insight.lists.customers import CUSTOMERS
from onhand.insight.lists.letters import LETTERS
from onhand.insight.lists.listing import Listing, Row
from onhand.insight.lists.moves import MOVES
from onhand.insight.lists.orders import ORDERS
from onhand.insight.lists.places import LOCATIONS, SITES
from onhand.insight.lists.products import PRODUCTS
from onhand.insight.lists.reading import Count, Keys, ListPage, count, keys, page, stream, these
from onhand.insight.lists.reviews import REVIEWS
from onhand.insight.lists.stock import STOCK
from onhand.insight.lists.view import Filter, Sort, View, columns, order, parse, sorted_by, without, write
from onhand.insight.lists.waiting import BACKORDERS, RESERVATIONS

_EVERY: Final = (
    STOCK,
    PRODUCTS,
    ORDERS,
    MOVES,
    SITES,
    LOCATIONS,
    BACKORDERS,
    RESERVATIONS,
    AUDIT,
    ALERTS,
    LETTERS,
    CASES,
    CUSTOMERS,
    REVIEWS,
)
ALL: Final = {listing.name: listing for listing in _EVERY}

__all__ = [
    "ALL",
    "Column",
    "Count",
    "Filter",
    "Keys",
    "ListPage",
    "Listing",
    "Row",
    "Sort",
    "View",
    "columns",
    "count",
    "keys",
    "order",
    "page",
    "parse",
    "sorted_by",
    "stream",
    "these",
    "without",
    "write",
]
