"""Goods are held, moved, sent, counted and watched."""

from __future__ import annotations

from decimal import Decimal

from onhand.core.refusals import Refused
from onhand.flows import commands as c
from shop import Shop


def moved(sku: str, quantity: int) -> list[c.MovedLine]:
    return [c.MovedLine(sku, Decimal(quantity))]


def test_a_hold_lasts_its_fifteen_minutes_to_the_second(shop: Shop) -> None:
    shop.stock("mug", 100)
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("mug", Decimal(20))], minutes=15))

    held = shop.available("mug")
    shop.later(minutes=15)

    assert [int(held), int(shop.available("mug"))] == [80, 100]


def test_a_lapsed_hold_is_free_for_the_next_order_before_anybody_sweeps(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("mug", Decimal(5))], minutes=1))
    shop.later(minutes=2)

    placed = shop.do(shop.order(("mug", 5)))

    assert placed.lines[0].reserved == 5


def test_a_cart_asked_for_again_holds_only_what_it_asks_now(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("mug", Decimal(5))]))
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("mug", Decimal(2))]))

    assert shop.available("mug") == 3


def test_goods_in_quarantine_are_on_hand_but_not_for_sale(shop: Shop) -> None:
    shop.stock("mug", 10)

    shop.do(c.MoveStock("london", "pick", "quarantine", moved("mug", 4)))

    position = shop.positions("mug")[0]
    assert (position.on_hand, position.unsellable, position.available) == (10, 4, 6)


def test_what_is_promised_is_not_moved_out_of_sale(shop: Shop) -> None:
    shop.stock("mug", 10)
    shop.do(shop.order(("mug", 8)))

    refusal = shop.ask(c.MoveStock("london", "pick", "quarantine", moved("mug", 4)))[0]

    assert isinstance(refusal, Refused)
    assert refusal.code == "promised"


def test_goods_between_two_sites_are_in_transit_until_received(shop: Shop) -> None:
    shop.stock("mug", 10)
    shop.do(c.Transfer("london", "lisbon", "T1", moved("mug", 4)))
    on_the_way = {each.site: each for each in shop.positions("mug")}

    shop.do(c.Receive("lisbon", [c.ReceivedLine("mug", Decimal(4))], reference="T1"))

    assert (on_the_way["london"].on_hand, on_the_way["lisbon"].in_transit) == (6, 4)
    assert shop.available("mug", "lisbon") == 4


def test_a_loss_of_promised_goods_takes_the_latest_promise_back(shop: Shop) -> None:
    shop.stock("mug", 10)
    first, second = shop.order(("mug", 5)), shop.order(("mug", 5))
    shop.do(first)
    shop.later(minutes=1)
    shop.do(second)

    shop.do(c.Adjust("london", "pick", "mug", "broken", by=Decimal(-3)))

    rows = shop.db.execute(
        "SELECT o.number, reserved, backordered FROM orders_line JOIN orders_order o ON o.id = order_id ORDER BY 1"
    ).fetchall()
    assert rows == [(first.number, 5, 0), (second.number, 2, 3)]


def test_a_count_finds_more_and_it_goes_to_those_who_wait(shop: Shop) -> None:
    shop.stock("mug", 1)
    shop.do(shop.order(("mug", 3)))

    shop.do(c.Adjust("london", "pick", "mug", "count", counted=Decimal(4)))

    assert shop.available("mug") == 1


def test_a_threshold_is_told_once_when_crossed_not_at_every_move(shop: Shop) -> None:
    shop.stock("mug", 10)
    shop.do(c.SetThreshold("london", "mug", Decimal(8)))

    for _ in range(4):
        shop.do(shop.order(("mug", 2)))

    assert shop.kinds().count("stock.below_threshold") == 1


def test_a_serial_number_is_one_piece(shop: Shop) -> None:
    shop.product("watch", tracking="serial")

    refusal = shop.ask(c.Receive("london", [c.ReceivedLine("watch", Decimal(2), serials=["W1"])]))[0]
    shop.stock("watch", 2, serials=["W1", "W2"])

    assert isinstance(refusal, Refused)
    assert shop.available("watch") == 2
