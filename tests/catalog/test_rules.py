"""Units, prices and the tree of categories, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import get_args

import pytest

from onhand.catalog.records import PackLevel, Tracking
from onhand.catalog.rules import (
    DEFAULT_UNIT,
    PACK_LEVELS,
    TRACKINGS,
    UNITS,
    PricePoint,
    amount_fault,
    circles,
    decimals,
    first_repeated,
    price_at,
)


def day(number: int) -> datetime:
    return datetime(2025, 6, number, tzinfo=UTC)


PRICES = [PricePoint(Decimal(8), day(20)), PricePoint(Decimal(10), day(1)), PricePoint(Decimal(5), day(10))]


@pytest.mark.parametrize(
    ("at", "expected"), [(day(1), 10), (day(9), 10), (day(10), 5), (day(19), 5), (day(20), 8), (day(30), 8)]
)
def test_a_price_holds_until_the_next_begins(at: datetime, expected: int) -> None:
    assert price_at(PRICES, at) == expected


def test_there_is_no_price_before_the_first() -> None:
    assert price_at(PRICES, datetime(2025, 5, 31, tzinfo=UTC)) is None
    assert price_at([], day(1)) is None


@pytest.mark.parametrize(
    ("unit", "expected"), [("each", 0), ("pair", 0), ("kg", 3), ("g", 0), ("m", 3), ("cm", 1), ("forgotten", 3)]
)
def test_a_unit_divides_as_finely_as_it_is_sold(unit: str, expected: int) -> None:
    assert decimals(unit) == expected


def test_every_unit_is_listed_under_its_code_and_fits_its_column() -> None:
    assert DEFAULT_UNIT in UNITS
    assert all(code == unit.code and len(code) <= 16 for code, unit in UNITS.items())


@pytest.mark.parametrize("amount", ["0", "0.0001", "9999999999.9999", "1E+3", "12.50000"])
def test_a_price_that_can_be_paid(amount: str) -> None:
    assert amount_fault(Decimal(amount)) == ""


@pytest.mark.parametrize("amount", ["-0.01", "NaN", "Infinity", "0.00001", "10000000000"])
def test_a_price_that_cannot(amount: str) -> None:
    assert amount_fault(Decimal(amount)).startswith("A price must")


def test_a_category_may_not_hang_below_itself() -> None:
    parents = {"clothes": None, "shirts": "clothes", "blouses": "shirts"}

    assert circles(parents, "clothes", "blouses")
    assert circles(parents, "clothes", "clothes")
    assert not circles(parents, "blouses", "clothes")
    assert not circles(parents, "clothes", None)


def test_the_first_code_that_comes_again_is_found() -> None:
    assert first_repeated(["a", "b", "a", "b"]) == 2
    assert first_repeated(["a", "b"]) is None


def test_records_offer_what_the_tables_take() -> None:
    assert get_args(Tracking) == TRACKINGS
    assert get_args(PackLevel) == PACK_LEVELS
