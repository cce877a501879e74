"""Whatever stands in the cells, a row of it is good or wrong; it never breaks the import, nor the books."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from connect.sheets.senders import Desk
from onhand.connect.sheets import imports
from onhand.connect.sheets.checks import Options
from onhand.connect.sheets.trades import TRADES
from shop import Shop

CELLS = [
    "", " ", "mug", "lamp", "london", "lisbon", "web", "C1", "pick", "each", "kg", "lot", "none", "yes", "no", "1",
    "0", "-1", "2.5", "2,5", "1e400", "1E+5", "9" * 30, "9" * 41, "99999999999.999", "0.0001", ".", ",", "-", "+",
    "1.2.3", "1,2,3", "$", "NaN", "Infinity", "2026-02-30", "2026-12-31", "0000-00-00", "9999-12-31", "31/12/2026",
    "2026-01-01T25:61:61Z", "2026-01-01 10:00+99:99", "2026-01-01 10:00:59.999999999", "GB", "Brasil", "eur", "EUR",
    "€", "4006381333931", "4006381333932", "00000000", "12345678901234", "١٢٣", "²", "½", "Ünïcödé 漢字", "'=1+1",
    "=1+1", "a\tb", "a\nb", "\x01", "\x7f", "\ufffd", "\u200b", "null", "NULL", "\\N", "\\", '"', "'", "{}",
    "{1,2}", "%s", "%(x)s", "x" * 300, "Europe/London", "warehouse", "12 pounds", "T", "t", "-0", "+0.0", "1 000,5",
    "180", "-180.0000001",
]  # fmt: skip


def anything(path: Path, kind: str, chance: Random, rows: int) -> Path:
    fields = [field.name for field in TRADES[kind].fields]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(fields)
        writer.writerows([chance.choice(CELLS) for _ in fields] for _ in range(rows))
    return path


def odd_rows(kind: str, good: dict[str, str]) -> Iterator[list[str]]:
    """A good row with each cell in each of its fields; of its own name where it has one, so that it is judged alone."""
    fields = [field.name for field in TRADES[kind].fields]
    yield fields
    own = {"products": "sku", "sites": "code", "locations": "code", "customers": "code", "orders": "number"}.get(kind)
    for field in fields:
        for number, cell in enumerate(CELLS):
            row = {**dict.fromkeys(fields, ""), **good, field: cell}
            if own and field != own:
                row[own] = f"{row[own]}-{field}-{number}"
            yield [row[name] for name in fields]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", TRADES)
def test_cells_of_any_kind_are_good_or_wrong(desk: Desk, shop: Shop, kind: str, seed: int) -> None:
    shop.product("tea", tracking="lot", unit="kg")
    sheet = anything(desk.folder / "anything.csv", kind, Random(f"{kind}{seed}"), 300)

    found = imports.start(desk.db, sheet, kind, options=Options(dates="dmy", new_categories=True))
    done = imports.go_ahead(desk.db, found.id)

    assert found.new + found.changed + found.unchanged + found.wrong == found.rows
    assert done.state == "done"
    assert imports.undo(desk.db, found.id).left >= 0


@pytest.mark.parametrize("kind", TRADES)
def test_one_odd_cell_in_a_good_row_is_told_or_taken(desk: Desk, shop: Shop, kind: str) -> None:
    good = {
        "products": {"sku": "CUP", "name": "Cup", "price": "1", "currency": "GBP"},
        "barcodes": {"sku": "mug", "barcode": "4006381333931"},
        "prices": {"sku": "mug", "currency": "GBP", "amount": "1"},
        "sites": {"code": "porto", "name": "Porto", "kind": "store", "country": "PT", "time_zone": "Europe/Lisbon",
                  "currency": "EUR"},
        "locations": {"site": "london", "code": "A-1", "kind": "pick"},
        "customers": {"code": "C1"},
        "stock": {"site": "london", "sku": "mug", "quantity": "3"},
        "thresholds": {"site": "london", "sku": "mug", "quantity": "3"},
        "orders": {"channel": "web", "number": "A1", "sku": "mug", "quantity": "1"},
    }[kind]  # fmt: skip
    path = desk.folder / "odd.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(odd_rows(kind, good))

    found = imports.start(desk.db, path, kind, options=Options(dates="dmy", decimal="point", new_categories=True))
    done = imports.go_ahead(desk.db, found.id)

    assert done.state == "done"
    assert found.new + found.changed > 0
    assert found.wrong > 0
