"""Carts hold stock for a while, and give it back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from onhand.core.refusals import refused
from onhand.flows import commands as c
from shop import Shop


def hold(quantity: int, cart: str = "basket", **facts: Any) -> c.HoldCart:
    return c.HoldCart(cart, "web", [c.WantedLine("mug", Decimal(quantity))], **facts)


def reserved(shop: Shop) -> Any:
    return shop.positions("mug")[0].reserved


def test_a_hold_that_cannot_grow_in_the_batch_that_made_it_stays_as_it_was(shop: Shop) -> None:
    shop.stock("mug", 5)

    answers = shop.ask(hold(2), hold(9), hold(3))

    assert [refused(answer) for answer in answers] == [False, True, False]
    assert reserved(shop) == 3


def test_a_cart_refused_to_one_order_can_be_taken_over_by_the_next_of_the_batch(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.do(hold(5))

    too_much, enough = shop.ask(
        shop.order(("mug", 6), channel="market", cart="basket"), shop.order(("mug", 5), channel="market", cart="basket")
    )

    assert [refused(too_much), refused(enough)] == [True, False]
    assert reserved(shop) == 5


def test_what_a_smaller_hold_gives_up_goes_to_those_who_wait(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.do(hold(5))
    shop.do(shop.order(("mug", 3)))

    shop.do(hold(2))

    assert "order.backorder_served" in shop.kinds()
    assert shop.available("mug") == 0


def test_goods_of_a_lapsed_hold_may_be_moved_before_anybody_sweeps(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.do(hold(5, minutes=1))
    shop.later(minutes=2)

    shop.do(c.MoveStock("london", "pick", "damaged", [c.MovedLine("mug", Decimal(5))]))

    assert reserved(shop) == 0


def test_a_lapsed_hold_is_ended_once_whoever_comes_first(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.do(hold(5, minutes=1))
    shop.later(minutes=2)

    shop.do(c.Adjust("london", "pick", "mug", "broken", by=Decimal(-3)))
    shop.ask(c.ExpireCarts())

    assert [shop.available("mug"), reserved(shop)] == [2, 0]


def test_a_sweep_frees_each_hold_once(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.do(hold(2, "early", minutes=1))
    shop.do(hold(3, "late", minutes=5))
    shop.later(minutes=2)

    shop.ask(c.ExpireCarts(), c.ExpireCarts())

    assert shop.available("mug") == 2
