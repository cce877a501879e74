"""How long a look at a list takes: its first pages under the addresses people use, timed one by one.

    python -m onhand.doors.cli.bench.looking URL

Against a shop made by ``large``. Each address is looked at page by page as a person would, forwards, several times.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import quantiles

from onhand.core.database import Connection, connect
from onhand.insight import lists
from onhand.insight.lists.reading import ListPage
from onhand.insight.lists.view import View

ROUNDS = 5
PAGES = 4
SIZE = 50

LOOKS = (
    *("stock?", "stock?sort=-sku", "stock?sort=name", "stock?site=site-07", "stock?site=site-07&sort=name"),
    *("stock?site=site-07&available=lt:5", "stock?site=site-07&sort=available", "stock?available=lt:5"),
    *("stock?below=yes", "stock?below=yes&site=site-07&sort=available", "stock?category=top-7", "stock?region=North"),
    *("stock?category=leaf-7&sort=-available", "stock?inbound=gt:0", "stock?reserved=gt:0&site=site-07"),
    *("stock?q=mug", "stock?q=mug+red&site=site-07", "stock?q=P0000123", "stock?q=5000000009152", "stock?q=teacosy"),
    *("stock?available=gt:1000", "stock?as_of=-1&site=site-07"),
    *("products?", "products?sort=-name", "products?category=leaf-7&sort=-available", "products?q=kettle"),
    *("products?state=retired", "products?backordered=gt:0", "products?available=lt:1"),
    *("orders?", "orders?state=held", "orders?state=in:held,backordered", "orders?state=returned", "orders?country=FR"),
    *("orders?placed=gte:-1d", "orders?priority=gt:0", "orders?customer=C77", "orders?q=N00050123", "orders?q=C77"),
    *("orders?state=held&sort=-priority", "orders?channel=market&state=cancelled", "orders?sku=P0000983-L"),
    *("moves?", "moves?sort=at", "moves?site=site-07", "moves?sku=P0000983-L", "moves?reason=receipt", "moves?q=mug"),
    *("moves?at=gte:-2d&site=site-07", "moves?reference=order/web/N00050124", "moves?to=A-07"),
    *("sites?", "locations?", "locations?site=site-07", "backorders?", "backorders?sort=-priority", "backorders?q=mug"),
    *("reservations?", "reservations?site=site-07", "reservations?sku=P0000983-L", "reservations?q=mug"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """What looking under an address took, in milliseconds, and what was seen."""

    address: str
    p50: float
    p95: float
    rows: int
    refused: str = ""


def look(url: str, *, rounds: int = ROUNDS) -> Iterator[Look]:
    """Look under every address."""
    with connect(url, autocommit=True) as db:
        for address in LOOKS:
            yield _look(db, address.replace("as_of=-1", "as_of=2026-06-01"), rounds)


def _look(db: Connection, address: str, rounds: int) -> Look:
    name, _, query = address.partition("?")
    listing = lists.ALL[name]
    view = lists.parse(listing, query)
    if not isinstance(view, View):
        return Look(address, 0.0, 0.0, 0, view.code)
    took, rows = list[float](), 0
    for _ in range(rounds):
        cursor: str | None = None
        for _ in range(PAGES):
            began = time.perf_counter()
            page = lists.page(db, listing, view, cursor=cursor, size=SIZE)
            took.append((time.perf_counter() - began) * 1000)
            if not isinstance(page, ListPage):
                return Look(address, took[0], took[0], 0, page.code)
            rows += len(page.rows)
            cursor = page.next
            if cursor is None:
                break
    cuts = quantiles(took, n=20) if len(took) > 1 else took * 19
    return Look(address, cuts[9], cuts[18], rows)


def main() -> None:
    """Print a line an address, and the whole at the end."""
    from rich.console import Console
    from rich.table import Table

    table = Table("list", "p50 ms", "p95 ms", "rows", "refused")
    looks = list(look(sys.argv[1]))
    for each in looks:
        table.add_row(each.address, f"{each.p50:.1f}", f"{each.p95:.1f}", str(each.rows), each.refused)
    Console(width=120).print(table)
    slow = [each for each in looks if each.p95 > 200]
    Console().print(f"{len(looks)} addresses, {len(slow)} with a p95 over 200 ms")


if __name__ == "__main__":
    main()
