"""Lots and single pieces: each keeps its name wherever it goes, and a piece is in one place at most."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from onhand.core.refusals import Refused
from onhand.flows import commands as c
from shop import Shop


@pytest.fixture
def watches(shop: Shop) -> Shop:
    """Two watches, W1 and W2, on the shelf in London."""
    shop.product("watch", tracking="serial")
    shop.stock("watch", 2, serials=["W1", "W2"])
    return shop


@pytest.fixture
def milk(shop: Shop) -> Shop:
    """Five of lot A and five of lot B, on the shelf in London."""
    shop.product("milk", tracking="lot")
    shop.stock("milk", 5, lot="A")
    shop.stock("milk", 5, lot="B")
    return shop


def lying(shop: Shop) -> list[Any]:
    return shop.db.execute(
        "SELECT location.code, lot.code, quantity FROM stock_balance JOIN stock_lot lot ON lot.id = lot_id"
        " JOIN places_location location ON location.id = location_id"
        " WHERE NOT virtual AND quantity > 0 ORDER BY 1, 2"
    ).fetchall()


def sell(shop: Shop, sku: str, quantity: int) -> c.PlaceOrder:
    order = shop.order((sku, quantity))
    shop.do(order)
    shop.do(c.AdvanceOrder("web", order.number, "ship"))
    return order


def back(order: c.PlaceOrder, quantity: int, **facts: Any) -> c.TakeBack:
    return c.TakeBack("web", order.number, "london", [c.LineQuantity(1, Decimal(quantity))], **facts)


def one(sku: str, lot: str) -> list[c.MovedLine]:
    return [c.MovedLine(sku, Decimal(1), lot)]


def test_each_piece_comes_back_under_its_own_number(watches: Shop) -> None:
    order = sell(watches, "watch", 2)

    watches.do(back(order, 2))

    assert lying(watches) == [("pick", "W1", 1), ("pick", "W2", 1)]


def test_pieces_come_back_one_by_one(watches: Shop) -> None:
    order = sell(watches, "watch", 2)

    watches.ask(back(order, 1), back(order, 1, condition="damaged"))

    assert lying(watches) == [("damaged", "W2", 1), ("pick", "W1", 1)]


def test_several_lots_of_one_sale_come_back_as_they_left(milk: Shop) -> None:
    order = sell(milk, "milk", 7)

    milk.do(back(order, 4))
    milk.do(back(order, 3))

    assert lying(milk) == [("pick", "A", 5), ("pick", "B", 5)]


def test_a_piece_on_hand_cannot_arrive_again(watches: Shop) -> None:
    refusal = watches.ask(c.Receive("lisbon", [c.ReceivedLine("watch", Decimal(1), serials=["W1"])]))[0]

    assert isinstance(refusal, Refused)
    assert (refusal.code, refusal.field) == ("serial_on_hand", "lines[0].serials")


def test_a_piece_does_not_arrive_twice_in_one_batch(shop: Shop) -> None:
    shop.product("watch", tracking="serial")
    delivery = [c.ReceivedLine("watch", Decimal(1), serials=["W1"])]

    twice, first, second = shop.ask(c.Receive("london", delivery * 2), *[c.Receive("london", delivery)] * 2)

    assert [twice.code, refused_code(first), second.code] == ["serial_on_hand", "", "serial_on_hand"]


def refused_code(answer: object) -> str:
    return answer.code if isinstance(answer, Refused) else ""


def test_a_piece_that_was_received_anew_does_not_come_back_a_second_time(watches: Shop) -> None:
    order = sell(watches, "watch", 1)
    watches.stock("watch", 1, "lisbon", serials=["W1"])

    refusal = watches.ask(back(order, 1))[0]

    assert refused_code(refusal) == "serial_on_hand"


def test_a_count_cannot_make_two_of_one_piece(watches: Shop) -> None:
    refusal = watches.ask(c.Adjust("london", "pick", "watch", "count", counted=Decimal(2), lot="W1"))[0]

    assert refused_code(refusal) == "one_piece"


def test_a_lot_counted_down_to_nothing_is_gone(milk: Shop) -> None:
    milk.do(c.Adjust("london", "pick", "milk", "count", counted=Decimal(0), lot="A"))

    assert lying(milk) == [("pick", "B", 5)]


def test_a_lot_that_went_in_the_same_batch_is_not_counted_back_into_being(milk: Shop) -> None:
    gone = c.Adjust("london", "pick", "milk", "spilt", by=Decimal(-5), lot="A")

    _, refusal = milk.ask(gone, c.Adjust("london", "pick", "milk", "count", counted=Decimal(3), lot="A"))

    assert refusal.code == "unknown_lot"


def test_a_piece_is_moved_once_in_a_batch(watches: Shop) -> None:
    away = c.MoveStock("london", "pick", "damaged", one("watch", "W1"))

    first, second = watches.ask(away, away)

    assert [refused_code(first), refused_code(second)] == ["", "not_there"]


def test_goods_may_be_moved_on_in_the_batch_that_brought_them(milk: Shop) -> None:
    milk.ask(
        c.MoveStock("london", "pick", "packing", one("milk", "A")),
        c.MoveStock("london", "packing", "shipping", one("milk", "A")),
    )

    assert ("shipping", "A", 1) in lying(milk)


def test_a_line_without_a_lot_leaves_to_the_others_the_lots_they_name(milk: Shop) -> None:
    lines = [c.MovedLine("milk", Decimal(5)), c.MovedLine("milk", Decimal(5), "A")]

    milk.do(c.MoveStock("london", "pick", "receiving", lines))

    assert lying(milk) == [("receiving", "A", 5), ("receiving", "B", 5)]


def test_two_lines_cannot_both_have_the_same_goods(milk: Shop) -> None:
    lines = [c.MovedLine("milk", Decimal(5), "A"), c.MovedLine("milk", Decimal(6))]

    refusal = milk.ask(c.MoveStock("london", "pick", "receiving", lines))[0]

    assert refused_code(refusal) == "not_there"
    assert lying(milk) == [("pick", "A", 5), ("pick", "B", 5)]
