"""Where an order goes is sealed; an order that says nothing of it costs nothing."""

from __future__ import annotations

from typing import Any

import pytest

from onhand.access.privacy.vault import is_sealed
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.flows import commands as c
from onhand.flows import place_order
from onhand.insight.order_page import order_page
from shop import Shop

HOME = c.Destination("GB", "SW1A 1AA", 51.501476, -0.140634)


def keys(shop: Shop) -> set[str]:
    return {subject for (subject,) in shop.db.execute("SELECT subject FROM access_privacy_key WHERE subject <> '*'")}


def shown(shop: Shop, number: str) -> str:
    page = order_page(shop.db, "web", number)
    assert page is not None
    return page.postcode


@pytest.mark.parametrize("stock", [10, 0])
def test_a_postcode_is_sealed_for_the_customer_or_for_the_guests_order_alone(shop: Shop, stock: int) -> None:
    save_customers(shop.db, [CustomerRecord("C1")])
    if stock:
        shop.stock("mug", stock)
    known, guest = shop.order(("mug", 1), customer="C1", ship_to=HOME), shop.order(("mug", 1), ship_to=HOME)

    shop.ask(known, guest)

    rows = shop.db.execute(
        "SELECT number, id, postcode, latitude, longitude FROM orders_order ORDER BY number"
    ).fetchall()
    assert all(is_sealed(postcode) for _, _, postcode, *_ in rows)
    assert {where for *_, latitude, longitude in rows for where in [(latitude, longitude)]} == {(51.5, -0.1)}
    assert keys(shop) == {"customer/C1", f"order/{rows[1][1]}"}
    assert [shown(shop, each.number) for each in (known, guest)] == ["SW1A 1AA", "SW1A 1AA"]


def test_an_order_without_a_postcode_asks_for_no_key(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("a key was asked for")

    monkeypatch.setattr(place_order, "enroll", forbidden)
    save_customers(shop.db, [CustomerRecord("C1")])
    shop.stock("mug", 10)

    shop.do(shop.order(("mug", 1), customer="C1", ship_to=c.Destination("GB")))

    assert keys(shop) == set()


def test_no_key_is_left_of_an_order_that_was_refused(shop: Shop) -> None:
    shop.stock("mug", 1)

    shop.ask(
        shop.order(("mug", 1), channel="market", ship_to=HOME),
        shop.order(("mug", 1), channel="market", ship_to=HOME),
        shop.order(("nothing", 1), ship_to=HOME),
    )

    assert len(keys(shop)) == 1


def test_the_log_tells_the_country_and_no_more(shop: Shop) -> None:
    shop.stock("mug", 10)
    order = shop.order(("mug", 1), ship_to=HOME)
    shop.do(order)

    shop.do(c.AmendOrder("web", order.number, [], ship_to=c.Destination("PT", "1100-148", 38.71234, -9.13456)))

    (log,) = shop.db.execute("SELECT string_agg(data::text, ' ') FROM core_event").fetchone() or ("",)
    assert [each for each in ("SW1A", "51.50", "1100-148", "38.7123") if each in log] == []
    assert '"ship_to": {"country": "PT"}' in log
    assert shown(shop, order.number) == "1100-148"
