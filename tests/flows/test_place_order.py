"""A customer orders."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest

from onhand.core.answers import once
from onhand.core.asks import Ask
from onhand.core.database import Connection, connect
from onhand.core.refusals import Refused
from onhand.flows import commands as c
from onhand.flows.registry import FLOWS
from onhand.orders.actions import ChannelRecord, save_channels
from onhand.stock import actions as stock
from onhand.stock.rules import Pair, Shelf
from shop import Shop


def test_what_is_there_is_reserved(shop: Shop) -> None:
    shop.stock("mug", 10)

    placed = shop.do(shop.order(("mug", 4)))

    assert placed.state == "placed"
    assert placed.lines[0].reserved == 4
    assert shop.available("mug") == 6


def test_the_rest_waits_where_the_channel_allows_it(shop: Shop) -> None:
    shop.stock("mug", 3)

    placed = shop.do(shop.order(("mug", 5)))

    assert (placed.lines[0].reserved, placed.lines[0].backordered) == (3, 2)
    assert placed.state == "backordered"


def test_the_order_is_refused_where_nothing_may_wait_and_nothing_moves(shop: Shop) -> None:
    shop.stock("mug", 3)

    refusal = shop.ask(shop.order(("mug", 5), channel="market"))[0]

    assert isinstance(refusal, Refused)
    assert (refusal.code, refusal.field) == ("out_of_stock", "lines[0].quantity")
    assert shop.available("mug") == 3


def test_the_sum_a_batch_asks_is_checked_not_each_line(shop: Shop) -> None:
    shop.stock("mug", 5)

    answers = shop.ask(*(shop.order(("mug", 2), channel="market") for _ in range(4)))

    assert [isinstance(answer, Refused) for answer in answers] == [False, False, True, True]
    assert shop.available("mug") == 1


def test_the_same_order_twice_is_placed_once_and_answered_alike(shop: Shop) -> None:
    shop.stock("mug", 10)
    order = shop.order(("mug", 4))

    first, second = shop.do(order), shop.do(order)

    assert str(first.id) in second.answer
    assert shop.available("mug") == 6


def test_the_same_number_for_another_order_is_refused(shop: Shop) -> None:
    shop.stock("mug", 10)
    shop.do(c.PlaceOrder("web", "A1", [c.WantedLine("mug", Decimal(1))]))

    refusal = shop.ask(c.PlaceOrder("web", "A1", [c.WantedLine("mug", Decimal(2))]))[0]

    assert isinstance(refusal, Refused)
    assert refusal.code == "key_reused"


def test_an_unknown_sku_is_refused_by_its_place_in_the_order(shop: Shop) -> None:
    refusal = shop.ask(shop.order(("mug", 1), ("unicorn", 1)))[0]

    assert isinstance(refusal, Refused)
    assert refusal.field == "lines[1].sku"


def test_the_nearest_site_that_has_it_all_serves(shop: Shop) -> None:
    shop.stock("mug", 10, "london")
    shop.stock("mug", 10, "lisbon")

    shop.do(shop.order(("mug", 2), ship_to=c.Destination("PT")))

    assert [int(shop.available("mug", site)) for site in ("london", "lisbon")] == [10, 8]


def test_a_short_order_is_promised_what_is_to_come(shop: Shop) -> None:
    due = shop.now.replace(day=9)
    shop.do(c.Expect("london", "PO1", [c.ExpectedLine("mug", Decimal(10), due)]))

    placed = shop.do(shop.order(("mug", 4)))

    assert placed.lines[0].eta == due


def test_nothing_is_promised_from_a_site_that_does_not_serve_the_channel(shop: Shop) -> None:
    save_channels(shop.db, [ChannelRecord("corner", "Corner shop", "store", "EUR")])
    shop.db.execute(
        "INSERT INTO sourcing_policy (channel_id, version, rules, actor)"
        """ SELECT id, 1, '{"rules": ["ranked"], "sites": ["lisbon"]}', 'tester' FROM orders_channel"""
        " WHERE code = 'corner'"
    )
    shop.do(c.Expect("london", "PO1", [c.ExpectedLine("mug", Decimal(10), shop.now)]))

    served, not_served = shop.ask(shop.order(("mug", 1)), shop.order(("mug", 1), channel="corner"))

    assert [served.lines[0].eta, not_served.lines[0].eta] == [shop.now, None]


def test_what_arrives_goes_to_those_who_wait_by_priority_then_age(shop: Shop) -> None:
    shop.do(c.Expect("london", "PO1", [c.ExpectedLine("mug", Decimal(10), shop.now)]))
    ordinary, urgent = shop.order(("mug", 6)), shop.order(("mug", 6), priority=5)
    shop.do(ordinary)
    shop.do(urgent)

    shop.do(c.Receive("london", [c.ReceivedLine("mug", Decimal(8))], reference="PO1"))

    rows = shop.db.execute(
        "SELECT o.number, reserved, backordered FROM orders_line JOIN orders_order o ON o.id = order_id ORDER BY 1"
    ).fetchall()
    assert rows == [(ordinary.number, 2, 4), (urgent.number, 6, 0)]


def test_a_cancelled_order_frees_its_stock_for_those_who_wait(shop: Shop) -> None:
    shop.stock("mug", 5)
    first, second = shop.order(("mug", 5)), shop.order(("mug", 3))
    shop.do(first)
    shop.do(second)

    shop.do(c.CancelOrder("web", first.number, "changed my mind"))

    assert shop.available("mug") == 2
    assert "order.backorder_served" in shop.kinds()


def test_an_order_takes_over_what_its_cart_held(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("mug", Decimal(5))]))

    placed = shop.do(shop.order(("mug", 5), cart="basket"))

    assert placed.lines[0].reserved == 5


def test_what_others_buy_between_the_glance_and_the_claim_is_not_sold_twice(
    shop: Shop, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stock("mug", 5)
    ours, theirs = shop.order(("mug", 3), channel="market"), shop.order(("mug", 3), channel="market")
    glance = stock.glance

    def glance_then_be_slow(db: Connection, pairs: Iterable[Pair]) -> Shelf:
        shelf = glance(db, pairs)
        monkeypatch.setattr(stock, "glance", glance)
        with connect(database_url) as till:
            once(till, FLOWS[c.PlaceOrder], [Ask(theirs, "tester", theirs.natural_key())], shop.now)
        return shelf

    monkeypatch.setattr(stock, "glance", glance_then_be_slow)
    refusal = shop.ask(ours)[0]

    assert isinstance(refusal, Refused)
    assert refusal.code == "out_of_stock"
    assert shop.available("mug") == 2
    assert shop.kinds().count("order.placed") == 1


def test_one_short_order_takes_its_batch_the_long_way_and_each_is_answered_by_itself(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.stock("lamp", 1)

    plenty, short, last = shop.ask(shop.order(("mug", 2)), shop.order(("lamp", 3)), shop.order(("mug", 2)))

    assert [each.state for each in (plenty, short, last)] == ["placed", "backordered", "placed"]
    assert (short.lines[0].reserved, short.lines[0].backordered) == (1, 2)
    assert shop.available("mug") == 1


def test_what_a_lapsed_cart_held_is_found_though_a_glance_does_not_see_it(shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("mug", Decimal(5))]))
    shop.later(days=1)

    placed = shop.do(shop.order(("mug", 4)))

    assert placed.lines[0].reserved == 4


def test_what_a_lapsed_cart_held_counts_when_the_best_site_is_chosen(shop: Shop) -> None:
    shop.stock("mug", 5, "lisbon")
    shop.stock("mug", 5, "london")
    shop.do(c.HoldCart("basket", "web", [c.WantedLine("mug", Decimal(5))], ship_to=c.Destination("PT")))
    shop.later(days=1)

    shop.do(shop.order(("mug", 4), ship_to=c.Destination("PT")))

    assert [int(shop.available("mug", site)) for site in ("london", "lisbon")] == [5, 1]
