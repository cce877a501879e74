"""A lot's last day is over."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from onhand.flows import commands as c
from shop import NOON, Shop

TODAY = NOON.date()
YESTERDAY = TODAY - timedelta(days=1)


def milk(shop: Shop, quantity: int, lot: str, expires_on: date, **facts: str) -> None:
    """Milk arrives."""
    if not shop.positions("milk"):
        shop.product("milk", tracking="lot")
    shop.stock("milk", quantity, lot=lot, expires_on=expires_on, **facts)


def reserved_and_backordered(shop: Shop) -> list[tuple[str, int, int]]:
    rows = shop.db.execute(
        "SELECT o.number, reserved, backordered FROM orders_line JOIN orders_order o ON o.id = order_id ORDER BY 1"
    )
    return [(number, int(reserved), int(waiting)) for number, reserved, waiting in rows]


def test_what_expired_is_on_hand_but_no_longer_for_sale(shop: Shop) -> None:
    milk(shop, 4, "old", YESTERDAY)
    milk(shop, 6, "good", TODAY)

    shop.do(c.ExpireLots())

    (position,) = shop.positions("milk")
    assert (position.on_hand, position.unsellable, position.available) == (10, 4, 6)
    assert shop.kinds().count("stock.expired") == 1


def test_it_is_moved_to_quarantine_with_the_reason_on_record(shop: Shop) -> None:
    milk(shop, 4, "old", YESTERDAY, location="receiving")

    shop.do(c.ExpireLots())

    (moved,) = shop.db.execute(
        "SELECT source.code, target.code, quantity FROM stock_move"
        " JOIN places_location AS source ON source.id = source_id"
        " JOIN places_location AS target ON target.id = target_id WHERE reason = 'expired'"
    ).fetchall()
    assert moved == ("receiving", "quarantine", 4)


def test_promises_that_rested_on_it_give_way_the_latest_first(shop: Shop) -> None:
    milk(shop, 5, "old", TODAY)
    milk(shop, 3, "good", TODAY + timedelta(days=9))
    first, second = shop.order(("milk", 2)), shop.order(("milk", 4))
    shop.do(first)
    shop.later(minutes=1)
    shop.do(second)
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("milk", Decimal(2))]))
    shop.later(days=1)

    shop.do(c.ExpireLots())

    assert reserved_and_backordered(shop) == [(first.number, 2, 0), (second.number, 1, 3)]
    assert shop.available("milk") == 0


def test_twice_is_harmless_and_where_nothing_expired_nothing_moves(shop: Shop) -> None:
    milk(shop, 4, "old", YESTERDAY)

    shop.do(c.ExpireLots())
    shop.ask(c.ExpireLots(), c.ExpireLots())

    assert shop.kinds().count("stock.expired") == 1


def test_all_that_expired_at_several_sites_goes_at_once(shop: Shop) -> None:
    milk(shop, 4, "old", YESTERDAY)
    shop.stock("milk", 2, site="lisbon", lot="older", expires_on=YESTERDAY)

    swept = shop.do(c.ExpireLots())

    assert {(each.site, int(each.available)) for each in swept.positions} == {("london", 0), ("lisbon", 0)}
