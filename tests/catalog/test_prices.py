"""Say what SKUs cost, from when on."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from onhand.catalog.actions import set_prices
from onhand.catalog.queries import prices_now, product_detail
from onhand.catalog.records import PriceRecord, SavedPrice
from onhand.core.database import Connection

from .cast import NOW, change, given_goods, refusal

DAY = timedelta(days=1)


def price(amount: str, valid_from: datetime | None = None) -> PriceRecord:
    return PriceRecord("MUG-BLUE", "GBP", Decimal(amount), valid_from)


def test_a_sale_is_a_price_and_the_old_price_after_it(db: Connection) -> None:
    blue = given_goods(db)["MUG-BLUE"]

    set_prices(db, [price("10", NOW), price("8", NOW + 7 * DAY), price("10", NOW + 14 * DAY)], NOW)

    week_by_week = [prices_now(db, [blue], "GBP", NOW + 7 * week * DAY)[blue] for week in range(4)]
    assert week_by_week == [10, 8, 10, 10]


def test_a_price_ends_where_the_next_begins(db: Connection) -> None:
    given_goods(db)
    set_prices(db, [price("10", NOW), price("8", NOW + DAY)], NOW)

    detail = product_detail(db, "MUG")

    assert detail is not None
    assert [(one.amount, one.valid_to) for one in detail.skus[0].prices] == [
        (Decimal(10), NOW + DAY),
        (Decimal(8), None),
    ]


def test_a_price_without_a_moment_begins_now_unless_it_holds_already(db: Connection) -> None:
    given_goods(db)

    first = set_prices(db, [price("10")], NOW)
    later = set_prices(db, [price("10.00")], NOW + DAY)
    dearer = set_prices(db, [price("11")], NOW + DAY)

    assert first == [SavedPrice("MUG-BLUE", "GBP", NOW, "created")]
    assert later == [SavedPrice("MUG-BLUE", "GBP", NOW, "unchanged")]
    assert dearer == [SavedPrice("MUG-BLUE", "GBP", NOW + DAY, "created")]


def test_without_a_clock_a_price_begins_with_the_transaction(db: Connection) -> None:
    given_goods(db)
    row = db.execute("SELECT now()").fetchone()

    (answer,) = set_prices(db, [price("10")])

    assert row is not None
    assert answer == SavedPrice("MUG-BLUE", "GBP", row[0], "created")


def test_a_price_from_the_same_moment_is_replaced(db: Connection) -> None:
    blue = given_goods(db)["MUG-BLUE"]

    answers = set_prices(db, [price("10", NOW), price("9", NOW), price("9", NOW)], NOW)

    assert [change(answer) for answer in answers] == ["created", "changed", "unchanged"]
    assert prices_now(db, [blue, blue], "GBP", NOW) == {blue: Decimal(9)}


def test_an_impossible_price_is_refused_and_its_neighbour_set(db: Connection) -> None:
    given_goods(db)

    answers = set_prices(db, [PriceRecord("NONE", "GBP", Decimal(1)), price("-1"), price("0.00001"), price("0")], NOW)

    assert [refusal(answer).code for answer in answers[:3]] == ["unknown_sku", "bad_price", "bad_price"]
    assert change(answers[3]) == "created"


def test_a_moment_without_a_zone_is_refused_by_the_api() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(
            b'{"sku":"A","currency":"GBP","amount":"1","valid_from":"2025-06-02T12:00:00"}', type=PriceRecord
        )
