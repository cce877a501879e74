from __future__ import annotations

import csv
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connect.sheets.senders import Desk, counts
from onhand.connect.sheets import exports, imports
from onhand.connect.sheets.errors import CannotImport
from onhand.connect.sheets.writing import safe, write
from shop import Shop


def written(desk: Desk, what: str, name: str = "out.csv") -> tuple[Path, int]:
    heard: list[int] = []
    path = desk.folder / name
    rows = exports.export(desk.db, what, path, heard.append)
    assert heard[-1] == rows
    return path, rows


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def furnished(desk: Desk, shop: Shop) -> Desk:
    desk.take("products", "sku,name,description,barcode,price,currency\nCUP,=SUM(A1),@home,4006381333931,7.5,GBP")
    desk.take("customers", "code,name,phone,country\nC1,Ana,+44 20 7946 0000,PT")
    shop.product("tea", tracking="lot", unit="kg")
    desk.take("stock", "site,sku,lot,quantity,expires_on\nlondon,tea,L1,2.5,2027-12-31\nlondon,CUP,,9,")
    desk.take("thresholds", "site,sku,quantity\nlondon,tea,1.5\nlisbon,CUP,4")
    shop.do(shop.order(("CUP", 2), customer="C1"))
    return desk


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "what", ["products", "barcodes", "prices", "sites", "locations", "customers", "stock", "thresholds"]
)
def test_what_was_exported_changes_nothing_when_it_is_imported(furnished: Desk, what: str, ending: str) -> None:
    path, rows = written(furnished, what, f"out.{ending}")

    found = imports.start(furnished.db, path, what)

    assert (counts(found), found.rows) == ((0, 0, rows, 0), rows)
    assert rows > 0


@pytest.mark.parametrize(("what", "headers"), [
    ("positions", ["sku", "name", "site", "on_hand"]),
    ("orders", ["channel", "number", "state", "placed_at"]),
    ("moves", ["at", "recorded_at", "sku", "lot"]),
])  # fmt: skip
def test_everything_else_is_there_with_its_headers(furnished: Desk, what: str, headers: list[str]) -> None:
    path, rows = written(furnished, what)

    assert cells(path)[0][:4] == headers
    assert len(cells(path)) == rows + 1 > 1


def test_text_that_begins_like_a_formula_stays_text(furnished: Desk) -> None:
    path, _ = written(furnished, "products")
    book, _ = written(furnished, "products", "out.xlsx")

    names = {row[0]: (row[2], row[4]) for row in cells(path)}
    assert names["CUP"] == ("'=SUM(A1)", "'@home")
    with zipfile.ZipFile(book) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("=1+1", "'=1+1"), ("+1+1", "'+1+1"), ("-1-1", "'-1-1"), ("@A1", "'@A1"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"),
        ("-12", "-12"), ("+3.5", "+3.5"), ("plain", "plain"), (Decimal("-5.500"), "-5.5"), (None, ""), (True, "true"),
    ],
)  # fmt: skip
def test_a_dangerous_cell_gets_an_apostrophe_and_a_number_does_not(cell: Any, text: str) -> None:
    assert safe(cell) == text


def test_another_format_or_thing_is_refused(desk: Desk) -> None:
    with pytest.raises(CannotImport, match=r"neither .csv nor .xlsx"):
        write(desk.folder / "out.ods", ["a"], [], lambda _: None)
    with pytest.raises(CannotImport, match="cannot be exported"):
        written(desk, "secrets")
