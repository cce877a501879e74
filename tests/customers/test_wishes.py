"""B4: who asked is told once that goods are back, in the order of asking, as far as the goods go."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from onhand.access.privacy import erasing
from onhand.core import settings
from onhand.core.clock import utc_now
from onhand.customers.wishes import actions, rules
from onhand.customers.wishes.actions import Wanted
from onhand.doors.jobs.wishes import tell
from onhand.messages.queries import letters_about
from onhand.orders.actions import ChannelRecord, save_channels
from shop import Shop

NOW = utc_now()


def wish(shop: Shop, *names: str, sku: str = "mug", language: str = "en") -> list[int]:
    """Leave addresses, one after the other."""
    numbers = [
        actions.leave(shop.db, [Wanted(sku, f"{name}@example.com", language)], NOW, actor="tester")[0] for name in names
    ]
    shop.db.commit()
    return numbers


def told(shop: Shop) -> int:
    """Let the duty look; how many letters it posted."""
    number = tell(settings.read({}), shop.db)
    shop.db.commit()
    return number


@pytest.mark.parametrize(
    ("free", "lately", "now"), [("3", 0, 6), ("3", 4, 2), ("3", 9, 0), ("0.5", 0, 1), ("9999", 0, 100)]
)
def test_as_many_are_told_as_there_are_goods_for(free: str, lately: int, now: int) -> None:
    assert rules.to_tell(Decimal(free), lately) == now


def test_while_it_is_not_there_nobody_is_told(shop: Shop) -> None:
    wish(shop, "ana")

    assert told(shop) == 0


def test_when_it_is_back_each_is_told_once(shop: Shop) -> None:
    wish(shop, "ana", "ben", language="es")
    shop.stock("mug", 5)

    assert told(shop) == 2
    assert told(shop) == 0
    letters = letters_about(shop.db, "sku/mug").items
    assert {(each.template, each.language) for each in letters} == {("stock.back", "es")}


def test_who_asked_first_is_told_first_and_no_more_than_makes_sense(shop: Shop) -> None:
    first, second, third = wish(shop, "ana", "ben", "cleo")
    shop.stock("mug", 1)

    assert told(shop) == 2
    assert told(shop) == 0, "two letters for one mug are enough for now"
    rows = shop.db.execute("SELECT id FROM customers_wish WHERE outcome = 'told' ORDER BY id").fetchall()
    assert [number for (number,) in rows] == [first, second]
    shop.stock("mug", 1)
    assert told(shop) == 1
    assert third


def test_those_told_an_hour_ago_do_not_hold_back_the_next(shop: Shop) -> None:
    wish(shop, "ana", "ben", "cleo")
    shop.stock("mug", 1)
    told(shop)
    shop.db.execute("UPDATE customers_wish SET ended_at = ended_at - interval '61 min' WHERE outcome = 'told'")

    assert told(shop) == 1


def test_left_twice_it_is_one_wish(shop: Shop) -> None:
    numbers = wish(shop, "ana", "ANA", "ana")

    assert len(set(numbers)) == 1


def test_what_was_left_is_sealed_and_forgotten_when_it_is_told(shop: Shop) -> None:
    wish(shop, "ana")
    (kept,) = shop.db.execute("SELECT email FROM customers_wish").fetchone() or ("",)
    assert kept.startswith("oh1:")

    shop.stock("mug", 1)
    told(shop)

    assert shop.db.execute("SELECT email FROM customers_wish").fetchone() == ("",)


def test_what_was_taken_back_is_not_told(shop: Shop) -> None:
    (number,) = wish(shop, "ana")
    assert actions.take_back(shop.db, number, NOW)
    assert not actions.take_back(shop.db, number, NOW)
    shop.stock("mug", 1)

    assert told(shop) == 0


def test_who_was_erased_is_not_told(shop: Shop) -> None:
    wish(shop, "ana")
    erasing.erase(shop.db, "wish/ana@example.com", actor="tester", now=NOW)
    shop.db.commit()
    shop.stock("mug", 1)

    assert told(shop) == 0


def test_nobody_is_told_of_an_sku_nobody_knows(shop: Shop) -> None:
    assert actions.leave(shop.db, [Wanted("never", "ana@example.com", "en")], NOW, actor="tester") == [0]


def test_goods_where_the_window_does_not_sell_are_not_back(shop: Shop) -> None:
    wish(shop, "ana")
    shop.stock("mug", 1)
    save_channels(shop.db, [ChannelRecord("web", "Web shop", "web", "GBP", active=False)])
    shop.db.commit()

    assert told(shop) == 0


def test_a_wish_that_has_grown_too_old_ends(shop: Shop) -> None:
    wish(shop, "ana")
    assert actions.forget(shop.db, NOW + rules.LONGEST - timedelta(days=1)) == 0

    assert actions.forget(shop.db, NOW + rules.LONGEST + timedelta(days=1)) == 1

    shop.stock("mug", 1)
    assert told(shop) == 0
    assert actions.forget(shop.db, NOW + rules.KEPT + timedelta(days=1)) == 1
