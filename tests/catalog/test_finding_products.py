"""Find products in a long list."""

from __future__ import annotations

from typing import Any

import pytest

from onhand.catalog.actions import save_categories, save_products
from onhand.catalog.queries import find_by_barcode, list_products, product_detail
from onhand.catalog.records import BarcodeRecord, CategoryRecord, ProductRecord, SkuRecord
from onhand.core.database import Connection

from .cast import MUG, NOW, TEA

ODD = ProductRecord(
    "ODD_1%", "Half-price 50% \\ set", active=False, skus=[SkuRecord("o'dd", barcodes=[BarcodeRecord("TIN")])]
)


@pytest.fixture
def shop(db: Connection) -> Connection:
    """A shop with mugs in the kitchen, tea, and something odd."""
    save_categories(db, [CategoryRecord("home", "Home"), CategoryRecord("kitchen", "Kitchen", "home")])
    mug = ProductRecord(MUG.code, MUG.name, category="kitchen", skus=MUG.skus)
    save_products(db, [mug, TEA, ODD], NOW)
    return db


def found(db: Connection, **filters: Any) -> list[str]:
    return [product.code for product in list_products(db, **filters).items]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("mu", ["MUG"]),
        ("MUG-BL", ["MUG"]),
        ("stone", ["MUG"]),
        ("ware", []),
        ("mug ston", ["MUG"]),
        ("tea green", ["TEA"]),
        ("green mug", []),
        ("4006381333931", ["MUG"]),
        ("400638", ["MUG"]),
        ("106141", ["MUG"]),
        ("1 06 14141", ["MUG"]),
        ("10614", []),
        ("TIN", ["ODD_1%"]),
        ("TI", []),
        ("odd_", ["ODD_1%"]),
        ("odd%", []),
        ("_", []),
        ("%", []),
        ("half-price", ["ODD_1%"]),
        ("half-price 50% \\", ["ODD_1%"]),
        ("O'", ["ODD_1%"]),
        ("&|!():*'", []),
        ("  ", ["MUG", "ODD_1%", "TEA"]),
    ],
)
def test_a_product_is_found_by_code_name_sku_and_barcode(shop: Connection, search: str, expected: list[str]) -> None:
    assert found(shop, search=search) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"category": "home"}, ["MUG"]),
        ({"category": "kitchen"}, ["MUG"]),
        ({"category": "garden"}, []),
        ({"active": True}, ["MUG", "TEA"]),
        ({"active": False}, ["ODD_1%"]),
        ({"active": False, "search": "mug"}, []),
        ({"category": "home", "search": "tea"}, []),
    ],
)
def test_filters_narrow_the_list(shop: Connection, filters: dict[str, Any], expected: list[str]) -> None:
    assert found(shop, **filters) == expected


def test_products_are_listed_page_by_page(shop: Connection) -> None:
    first = list_products(shop, most=2)
    second = list_products(shop, most=2, after=first.next or "")

    assert ([product.code for product in first.items], first.next) == (["MUG", "ODD_1%"], "ODD_1%")
    assert ([product.code for product in second.items], second.next) == (["TEA"], None)
    assert [product.skus for product in first.items] == [2, 1]


def test_a_list_that_just_fills_its_page_has_no_next(shop: Connection) -> None:
    assert list_products(shop, most=3).next is None


def test_a_product_in_detail(shop: Connection) -> None:
    detail = product_detail(shop, "MUG")

    assert detail is not None
    assert (detail.name, detail.category, [sku.code for sku in detail.skus]) == (
        "Stoneware mug",
        "kitchen",
        ["MUG-BLUE", "MUG-RED"],
    )
    assert [(barcode.code, barcode.level) for barcode in detail.skus[1].barcodes] == [
        ("04006381333931", "each"),
        ("10614141000415", "case"),
    ]
    assert product_detail(shop, "NONE") is None


def test_a_scanned_code_is_found_in_any_of_its_lengths(shop: Connection) -> None:
    save_products(shop, [ProductRecord("P", "P", skus=[SkuRecord("P", barcodes=[BarcodeRecord("036000291452")])])], NOW)

    scans = [find_by_barcode(shop, code) for code in ("036000291452", "0036000291452", "00036000291452")]

    assert [scan.sku for scan in scans if scan] == ["P", "P", "P"]
    assert find_by_barcode(shop, "036000291453") is None
    assert find_by_barcode(shop, "") is None
