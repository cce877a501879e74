"""Lines that wait for goods: how their waiting begins, grows, shrinks and ends."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from onhand.flows import commands as c
from shop import Shop


def waits(shop: Shop) -> list[Any]:
    return shop.db.execute(
        "SELECT quantity, ended_at IS NOT NULL, outcome FROM orders_backorder ORDER BY since, id"
    ).fetchall()


def line_of(shop: Shop, order: c.PlaceOrder, line: int = 1) -> Any:
    return shop.db.execute(
        "SELECT reserved, backordered FROM orders_line JOIN orders_order o ON o.id = order_id"
        " WHERE o.number = %s AND orders_line.number = %s",
        (order.number, line),
    ).fetchone()


def change(order: c.PlaceOrder, quantity: int, line: int = 1) -> c.AmendOrder:
    return c.AmendOrder("web", order.number, [c.LineChange(Decimal(quantity), line=line)])


def test_a_backorder_says_how_it_ended(shop: Shop) -> None:
    served, given_up = shop.order(("mug", 2)), shop.order(("lamp", 3))
    shop.do(served)
    shop.do(given_up)

    shop.stock("mug", 2)
    shop.later(minutes=1)
    shop.do(c.CancelOrder("web", given_up.number, "too slow"))

    assert waits(shop) == [(2, True, "served"), (3, True, "given_up")]


def test_a_line_that_begins_to_wait_and_thinks_again_in_one_batch_waits_for_nothing(shop: Shop) -> None:
    shop.stock("mug", 4)
    order = shop.order(("mug", 2))
    shop.do(order)

    _, less = shop.ask(change(order, 9), change(order, 3))

    assert (less.lines[0].reserved, less.lines[0].backordered) == (3, 0)
    assert waits(shop) == []


def test_a_line_that_begins_to_wait_twice_in_one_batch_waits_once(shop: Shop) -> None:
    order = shop.order(("mug", 1))
    shop.stock("mug", 1)
    shop.do(order)

    shop.ask(change(order, 3), change(order, 6))

    assert waits(shop) == [(5, False, None)]


def test_a_loss_that_meets_two_claims_of_one_line_makes_it_wait_once(shop: Shop) -> None:
    shop.stock("mug", 3)
    shop.do(shop.order(("mug", 5)))
    shop.stock("mug", 2)

    shop.do(c.Adjust("london", "pick", "mug", "broken", by=Decimal(-4)))

    assert [(quantity, ended) for quantity, ended, _ in waits(shop)] == [(2, True), (4, False)]


def test_an_order_that_goes_up_the_queue_is_served_first(shop: Shop) -> None:
    first, second = shop.order(("mug", 2)), shop.order(("mug", 2))
    shop.do(first)
    shop.later(minutes=1)
    shop.do(second)

    shop.do(c.AdvanceOrder("web", second.number, "priority", priority=5))
    shop.stock("mug", 2)

    assert line_of(shop, second) == (2, 0)


def test_an_order_that_is_held_is_passed_over_and_has_its_share_when_it_goes_on(shop: Shop) -> None:
    order = shop.order(("mug", 2))
    shop.do(order)
    shop.do(c.AdvanceOrder("web", order.number, "hold"))
    shop.stock("mug", 5)
    passed_over = shop.available("mug")

    shop.do(c.AdvanceOrder("web", order.number, "resume"))

    assert [int(passed_over), int(shop.available("mug"))] == [5, 3]
    assert line_of(shop, order) == (2, 0)


def test_a_line_given_up_bit_by_bit_in_one_batch_frees_the_sum(shop: Shop) -> None:
    shop.stock("mug", 3)
    order, waits = shop.order(("mug", 4)), shop.order(("mug", 3))
    shop.do(order)
    shop.do(waits)
    bits = [c.LineQuantity(1, Decimal(1)), c.LineQuantity(1, Decimal(1))]
    some = c.CancelOrder("web", order.number, "less", bits)

    shop.ask(some, some)

    assert line_of(shop, waits) == (3, 0)


def test_goods_reach_past_the_waiting_that_is_given_up_with_them(shop: Shop) -> None:
    shop.stock("mug", 1)
    order, behind = shop.order(("mug", 9)), shop.order(("mug", 1))
    shop.do(order)
    shop.later(minutes=1)
    shop.do(behind)

    shop.do(c.CancelOrder("web", order.number, "too slow"))

    assert line_of(shop, behind) == (1, 0)
