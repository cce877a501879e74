"""From the promise to the customer's door, and back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from onhand.core.refusals import Refused
from onhand.flows import commands as c
from onhand.stock import queries as stock
from shop import Shop


@pytest.fixture
def order(shop: Shop) -> c.PlaceOrder:
    shop.stock("mug", 10)
    order = shop.order(("mug", 4))
    shop.do(order)
    return order


def advance(shop: Shop, order: c.PlaceOrder, *steps: c.Step) -> str:
    state = ""
    for step in steps:
        state = shop.do(c.AdvanceOrder("web", order.number, step)).state
    return state


def test_an_order_goes_all_the_way(shop: Shop, order: c.PlaceOrder) -> None:
    state = advance(shop, order, "confirm", "pick", "pack", "ship", "deliver")

    assert state == "delivered"
    assert shop.positions("mug")[0].on_hand == 6
    assert shop.positions("mug")[0].reserved == 0


def test_a_held_order_does_not_ship(shop: Shop, order: c.PlaceOrder) -> None:
    advance(shop, order, "hold")

    refusal = shop.ask(c.AdvanceOrder("web", order.number, "ship"))[0]

    assert isinstance(refusal, Refused)
    assert refusal.code == "held"


def test_what_is_sent_after_a_delivery_is_on_the_road_again(shop: Shop, order: c.PlaceOrder) -> None:
    shop.do(c.AdvanceOrder("web", order.number, "ship", lines=[c.LineQuantity(1, Decimal(3))]))

    states = [advance(shop, order, step) for step in ("deliver", "ship", "deliver")]

    assert states == ["part_shipped", "shipped", "delivered"]


def test_an_order_shipped_twice_in_one_batch_ships_once(shop: Shop, order: c.PlaceOrder) -> None:
    ship = c.AdvanceOrder("web", order.number, "ship")

    first, second = shop.ask(ship, ship)

    assert first.lines[0].shipped == 4
    assert second.code == "nothing_reserved"
    assert shop.positions("mug")[0].on_hand == 6


def test_a_line_named_twice_ships_the_sum_from_wherever_it_is_reserved(shop: Shop) -> None:
    shop.stock("mug", 1, "london")
    shop.stock("mug", 1, "lisbon")
    order = shop.order(("mug", 2))
    shop.do(order)

    one = c.LineQuantity(1, Decimal(1))
    shop.do(c.AdvanceOrder("web", order.number, "ship", lines=[one, one]))

    assert [(each.on_hand, each.reserved) for each in shop.positions("mug")] == [(0, 0), (0, 0)]


def test_a_hold_in_the_same_batch_stops_the_shipment_behind_it(shop: Shop, order: c.PlaceOrder) -> None:
    _, refusal = shop.ask(c.AdvanceOrder("web", order.number, "hold"), c.AdvanceOrder("web", order.number, "ship"))

    assert refusal.code == "held"


def test_what_has_shipped_cannot_be_cancelled(shop: Shop, order: c.PlaceOrder) -> None:
    advance(shop, order, "ship")

    refusal = shop.ask(c.CancelOrder("web", order.number, "too late"))[0]

    assert isinstance(refusal, Refused)
    assert refusal.code == "nothing_open"


def test_a_part_ships_and_the_rest_is_cancelled(shop: Shop, order: c.PlaceOrder) -> None:
    shop.do(c.AdvanceOrder("web", order.number, "ship", lines=[c.LineQuantity(1, Decimal(3))]))

    changed = shop.do(c.CancelOrder("web", order.number, "enough"))

    assert changed.state == "shipped"
    assert (changed.lines[0].shipped, changed.lines[0].cancelled) == (3, 1)


def test_what_comes_back_is_on_sale_again(shop: Shop, order: c.PlaceOrder) -> None:
    advance(shop, order, "ship")

    back = shop.do(c.TakeBack("web", order.number, "london", [c.LineQuantity(1, Decimal(4))]))

    assert back.state == "returned"
    assert shop.available("mug") == 10


def test_damaged_goods_come_back_but_are_not_for_sale(shop: Shop, order: c.PlaceOrder) -> None:
    advance(shop, order, "ship")

    shop.do(c.TakeBack("web", order.number, "london", [c.LineQuantity(1, Decimal(1))], condition="damaged"))

    position = shop.positions("mug")[0]
    assert (position.on_hand, position.unsellable, position.available) == (7, 1, 6)


def test_an_order_can_grow_shrink_and_gain_a_line(shop: Shop, order: c.PlaceOrder) -> None:
    shop.stock("lamp", 1)
    changes = [c.LineChange(Decimal(12), line=1), c.LineChange(Decimal(1), sku="lamp")]

    grown = shop.do(c.AmendOrder("web", order.number, changes))
    shrunk = shop.do(c.AmendOrder("web", order.number, [c.LineChange(Decimal(2), line=1)]))

    assert [(line.reserved, line.backordered) for line in grown.lines] == [(10, 2), (1, 0)]
    assert [(line.reserved, line.cancelled) for line in shrunk.lines] == [(2, 10), (1, 0)]


def test_the_lot_that_expires_first_ships_first(shop: Shop) -> None:
    shop.product("milk", tracking="lot")
    today = shop.now.date()
    shop.stock("milk", 5, lot="later", expires_on=today + timedelta(days=9))
    shop.stock("milk", 5, lot="soon", expires_on=today + timedelta(days=2))
    order = shop.order(("milk", 6))
    shop.do(order)

    advance(shop, order, "ship")

    left = shop.db.execute(
        "SELECT lot.code, quantity FROM stock_balance"
        " JOIN stock_lot lot ON lot.id = lot_id WHERE NOT virtual ORDER BY 1"
    ).fetchall()
    assert left == [("later", 4), ("soon", 0)]


def test_any_position_at_any_past_moment(shop: Shop, order: c.PlaceOrder) -> None:
    before = shop.now
    shop.later(hours=1)
    advance(shop, order, "ship")

    then = stock.as_of(shop.db, skus=["mug"], at=before)[0]
    now = stock.as_of(shop.db, skus=["mug"], at=shop.now)[0]

    assert [int(each) for each in (then.on_hand, then.reserved, then.available)] == [10, 4, 6]
    assert [int(each) for each in (now.on_hand, now.reserved, now.available)] == [6, 0, 6]
