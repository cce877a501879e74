"""A customer changes an order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from onhand.catalog.actions import set_prices
from onhand.catalog.records import PriceRecord
from onhand.core.refusals import Refused
from onhand.flows import commands as c
from onhand.orders.secrets import Place, places
from shop import Shop


def amend(order: c.PlaceOrder, *changes: c.LineChange) -> c.AmendOrder:
    return c.AmendOrder(order.channel, order.number, list(changes))


def to(quantity: Any, line: int = 1) -> c.LineChange:
    return c.LineChange(Decimal(quantity), line=line)


def placed(shop: Shop, *lines: tuple[str, int], **facts: Any) -> c.PlaceOrder:
    order = shop.order(*lines, **facts)
    shop.do(order)
    return order


def test_where_nothing_may_wait_the_sum_of_the_lines_of_a_sku_is_asked(shop: Shop) -> None:
    shop.stock("mug", 6)
    order = placed(shop, ("mug", 1), ("mug", 1), channel="market")

    refusal = shop.ask(amend(order, to(4, line=1), to(4, line=2)))[0]

    assert isinstance(refusal, Refused)
    assert (refusal.code, refusal.field) == ("out_of_stock", "lines[1].quantity")
    assert shop.available("mug") == 4


def test_what_is_added_comes_from_the_site_near_the_customer(shop: Shop) -> None:
    shop.stock("mug", 10, "london")
    shop.stock("mug", 10, "lisbon")
    order = placed(shop, ("mug", 1), ship_to=c.Destination("PT"))

    shop.do(amend(order, to(3)))

    assert [int(shop.available("mug", site)) for site in ("london", "lisbon")] == [10, 7]


def test_what_one_line_gives_up_another_may_have(shop: Shop) -> None:
    shop.stock("mug", 4)
    order = placed(shop, ("mug", 2), ("mug", 2))

    changed = shop.do(amend(order, to(3, line=1), to(1, line=2)))

    assert [(line.reserved, line.backordered) for line in changed.lines] == [(3, 0), (1, 0)]


def test_a_line_cannot_be_changed_twice_at_once(shop: Shop) -> None:
    order = placed(shop, ("mug", 2))

    refusal = shop.ask(amend(order, to(3), to(4)))[0]

    assert isinstance(refusal, Refused)
    assert (refusal.code, refusal.field) == ("line_twice", "lines[1].line")


@pytest.mark.parametrize("quantity", ["-1", "2.5", "1e400", "1e12", "NaN", "Infinity"])
def test_a_quantity_nobody_can_ship_is_refused(shop: Shop, quantity: str) -> None:
    order = placed(shop, ("mug", 2))

    refusal = shop.ask(amend(order, to(quantity)))[0]

    assert isinstance(refusal, Refused)
    assert (refusal.code, refusal.field) == ("bad_quantity", "lines[0].quantity")


def test_a_price_that_is_no_number_is_refused(shop: Shop) -> None:
    order = placed(shop, ("mug", 2))

    refusal = shop.ask(amend(order, c.LineChange(Decimal(1), sku="lamp", unit_price=Decimal("NaN"))))[0]

    assert isinstance(refusal, Refused)
    assert refusal.field == "lines[0].unit_price"


def test_a_new_line_costs_what_the_list_says(shop: Shop) -> None:
    set_prices(shop.db, [PriceRecord("lamp", "GBP", Decimal("9.5"), shop.now)])
    shop.db.commit()
    order = placed(shop, ("mug", 2))

    shop.do(amend(order, c.LineChange(Decimal(1), sku="lamp")))

    prices = shop.db.execute("SELECT unit_price FROM orders_line ORDER BY number").fetchall()
    assert prices == [(0,), (Decimal("9.5"),)]


def test_an_order_sent_elsewhere_draws_on_the_sites_near_there(shop: Shop) -> None:
    shop.stock("mug", 10, "london")
    shop.stock("mug", 10, "lisbon")
    order = placed(shop, ("mug", 1), ship_to=c.Destination("GB"))

    shop.do(c.AmendOrder("web", order.number, [to(3)], ship_to=c.Destination("PT", "1100-148")))

    assert [int(shop.available("mug", site)) for site in ("london", "lisbon")] == [9, 8]
    ((id_, country, postcode, latitude),) = shop.db.execute("SELECT id, country, postcode, latitude FROM orders_order")
    assert (country, places(shop.db, [(id_, None, postcode, "")]), latitude) == (
        "PT",
        {id_: Place("1100-148", "")},
        None,
    )


def test_a_later_change_of_the_batch_knows_where_the_order_goes_now(shop: Shop) -> None:
    shop.stock("mug", 10, "london")
    shop.stock("mug", 10, "lisbon")
    order = placed(shop, ("mug", 1), ship_to=c.Destination("GB"))

    shop.ask(c.AmendOrder("web", order.number, ship_to=c.Destination("PT")), amend(order, to(2)))

    assert int(shop.available("mug", "lisbon")) == 9


def test_what_has_left_cannot_be_sent_elsewhere(shop: Shop) -> None:
    shop.stock("mug", 1)
    order = placed(shop, ("mug", 1))
    shop.do(c.AdvanceOrder("web", order.number, "ship"))

    refusal = shop.ask(c.AmendOrder("web", order.number, ship_to=c.Destination("PT")))[0]

    assert isinstance(refusal, Refused)
    assert (refusal.code, refusal.field) == ("closed", "ship_to")


def test_where_nothing_may_wait_one_line_may_have_what_another_gives_up(shop: Shop) -> None:
    shop.stock("mug", 4)
    order = placed(shop, ("mug", 2), ("mug", 2), channel="market")

    changed = shop.do(amend(order, to(3, line=1), to(1, line=2)))
    refusal = shop.ask(amend(order, to(4, line=1), to(1, line=2)))[0]

    assert [(line.reserved, line.backordered) for line in changed.lines] == [(3, 0), (1, 0)]
    assert isinstance(refusal, Refused)
    assert refusal.field == "lines[0].quantity"


def test_what_is_given_up_goes_to_those_who_wait(shop: Shop) -> None:
    shop.stock("mug", 4)
    order, waiting = placed(shop, ("mug", 4)), placed(shop, ("mug", 2))

    shop.do(amend(order, to(3)))

    reserved = shop.db.execute(
        "SELECT reserved FROM orders_line JOIN orders_order o ON o.id = order_id WHERE o.number = %s", (waiting.number,)
    ).fetchone()
    assert reserved == (1,)


def test_why_what_was_added_comes_from_there_is_on_record(shop: Shop) -> None:
    shop.stock("mug", 5)
    order = placed(shop, ("mug", 1))

    shop.do(amend(order, to(2)))

    told = shop.db.execute("SELECT data FROM core_event WHERE kind = 'order.amended'").fetchone()
    assert told
    assert {each["site"] for each in told[0]["decision"]["alternatives"]} == {"lisbon", "london"}


def test_who_stops_waiting_and_begins_again_takes_a_new_place_in_the_queue(shop: Shop) -> None:
    order = placed(shop, ("mug", 4))
    shop.later(minutes=5)

    shop.ask(amend(order, to(0)), amend(order, c.LineChange(Decimal(2), sku="lamp"), to(3)), keys=["a", "b"])

    waits = shop.db.execute(
        "SELECT quantity, since, outcome FROM orders_backorder JOIN catalog_sku sku ON sku.id = sku_id"
        " WHERE sku.code = 'mug' ORDER BY since"
    ).fetchall()
    assert [(int(quantity), outcome) for quantity, _, outcome in waits] == [(4, "given_up"), (3, None)]
    assert waits[-1][1] == shop.now
