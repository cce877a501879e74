"""R1, P9: who they are, their order and its letter are one act: all of it, or nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from onhand.access.privacy.erasing import erase
from onhand.core.clock import utc_now
from onhand.core.refusals import refused
from onhand.customers import queries as customers
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.flows import commands as c
from onhand.insight.order_page import order_page
from onhand.messages.queries import letters_about
from onhand.orders.actions import ChannelRecord, save_channels
from shop import Shop

FACTS = {"lines": "1 × Mug", "total": "12", "goes": "It goes to:\nAna", "link": "https://shop.example/o", "shop": "Us"}
HOME = c.Destination("GB", "N1 9GU", address="12 Mill Lane\nLondon")


@pytest.fixture
def counter(shop: Shop) -> Shop:
    save_channels(shop.db, [ChannelRecord("web", "Web shop", "web", "GBP", backorders=False)])
    shop.db.commit()
    shop.stock("mug", 5)
    return shop


def wanted(number: str, quantity: int = 1, *, name: str = "Ana Souza", email: str = "ana@example.com") -> c.CheckOut:
    order = c.PlaceOrder("web", number, [c.WantedLine("mug", Decimal(quantity), Decimal(12))], ship_to=HOME)
    return c.CheckOut(order, c.Buyer(f"S{number}", name, email, "es", "GB"), {"number": number, **FACTS})


def known(shop: Shop) -> list[tuple[str, str]]:
    shop.db.rollback()
    return [(each.code, each.name) for each in customers.customers(shop.db).items]


def test_the_customer_the_order_and_the_letter_are_there_together(counter: Shop) -> None:
    counter.do(wanted("N1", 2))

    page: Any = order_page(counter.db, "web", "N1")
    (letter,) = letters_about(counter.db, "order/web/N1").items
    assert (page.order.customer, page.customer_name, page.address) == ("SN1", "Ana Souza", "12 Mill Lane\nLondon")
    assert (letter.template, letter.language, letter.to_name) == ("order.placed", "es", "SN1")
    assert counter.available("mug") == 3


def test_who_is_refused_leaves_nothing_and_the_others_have_theirs(counter: Shop) -> None:
    answers = counter.ask(
        wanted("N1", 3), wanted("N2", 9, name="Ben", email="ben@example.com"), wanted("N3", 2, name="Cleo")
    )

    assert [refused(each) and each.code for each in answers] == [False, "out_of_stock", False]
    assert known(counter) == [("SN1", "Ana Souza"), ("SN3", "Cleo")]
    assert letters_about(counter.db, "order/web/N2").items == []
    assert counter.available("mug") == 0


def test_two_orders_of_one_who_is_new_are_of_one_customer(counter: Shop) -> None:
    counter.ask(wanted("N1"), wanted("N2", name="ANA SOUZA", email="Ana@Example.com"))

    assert known(counter) == [("SN1", "Ana Souza")]


def test_who_is_known_stays_as_they_are_known(counter: Shop) -> None:
    save_customers(counter.db, [CustomerRecord("C7", "Ana Souza", "ana@example.com", "+34600123456", "ES")])
    counter.db.commit()

    counter.do(wanted("N1"))

    page: Any = order_page(counter.db, "web", "N1")
    (view,) = customers.customers(counter.db).items
    assert (page.order.customer, view.code, view.phone, view.country) == ("C7", "C7", "+34600123456", "ES")


def test_where_goods_go_is_sealed_and_goes_with_the_person(counter: Shop) -> None:
    counter.do(wanted("N1"))
    row = counter.db.execute("SELECT address FROM orders_order").fetchone()
    assert row is not None
    assert row[0].startswith("oh1:")
    counter.do(c.CancelOrder("web", "N1", "customer"))

    erase(counter.db, "customer/SN1", actor="person/ann", now=utc_now())

    page: Any = order_page(counter.db, "web", "N1")
    assert (page.postcode, page.address) == ("", "")


def test_an_order_is_sent_elsewhere_with_its_street(counter: Shop) -> None:
    counter.do(wanted("N1"))

    counter.do(c.AmendOrder("web", "N1", ship_to=c.Destination("GB", "E1 6AN", address="3 Brick Lane\nLondon")))

    page: Any = order_page(counter.db, "web", "N1")
    assert (page.postcode, page.address) == ("E1 6AN", "3 Brick Lane\nLondon")
