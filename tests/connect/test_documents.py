"""Invoices as the shop's orders."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from onhand.connect.online_retail import countries
from onhand.connect.online_retail.documents import OpenOrder, Purchases, channel_of, orders_of
from onhand.flows.commands import Destination, PlaceOrder, WantedLine

from .sales import HEARTS, LANTERNS, grouped


def sold_to(customer: str, country: str) -> str:
    return HEARTS.replace("17850,United Kingdom", f"{customer},{country}")


@pytest.mark.parametrize(
    ("customer", "country", "channel"),
    [
        ("17850", "United Kingdom", "web"),
        ("", "United Kingdom", "phone"),
        ("12363", "Unspecified", "web"),
        ("14911", "EIRE", "store"),
        ("12583", "France", "marketplace"),
        ("15108", "European Community", "marketplace"),
        ("14932", "Channel Islands", "marketplace"),
    ],
)
def test_the_channel_follows_from_country_and_customer(customer: str, country: str, channel: str) -> None:
    (invoice,) = grouped(sold_to(customer, country))

    assert channel_of(invoice) == channel


def test_an_invoice_becomes_an_order_with_its_number_lines_and_prices() -> None:
    (invoice,) = grouped(HEARTS, LANTERNS)

    (order,) = orders_of(invoice)

    assert order == PlaceOrder(
        channel="web",
        number="536365",
        lines=[
            WantedLine(sku="85123A", quantity=Decimal(6), unit_price=Decimal("2.55")),
            WantedLine(sku="71053", quantity=Decimal(6), unit_price=Decimal("3.39")),
        ],
        customer="17850",
        ship_to=Destination(country="GB"),
        currency="GBP",
        placed_at=invoice.at,
    )


@pytest.mark.parametrize(
    ("name", "letters"),
    [("EIRE", "IE"), ("RSA", "ZA"), ("USA", "US"), ("Channel Islands", "JE"), ("United Kingdom", "GB")],
)
def test_the_files_names_of_countries_have_iso_letters(name: str, letters: str) -> None:
    assert countries.iso(name) == letters


@pytest.mark.parametrize("name", ["European Community", "Unspecified", "Atlantis"])
def test_an_order_from_no_known_country_has_no_destination(name: str) -> None:
    (invoice,) = grouped(sold_to("15108", name))

    (order,) = orders_of(invoice)

    assert order.ship_to is None


def test_an_invoice_of_more_lines_than_an_order_may_have_becomes_several() -> None:
    (invoice,) = grouped(*(HEARTS.replace("85123A", f"{10_000 + number}") for number in range(450)))

    orders = list(orders_of(invoice))

    assert [(order.number, len(order.lines)) for order in orders] == [
        ("536365", 200),
        ("536365-2", 200),
        ("536365-3", 50),
    ]


def test_an_order_can_be_parsed_by_the_api() -> None:
    (invoice,) = grouped(HEARTS, LANTERNS)

    (order,) = orders_of(invoice)

    assert msgspec.json.decode(msgspec.json.encode(order), type=PlaceOrder) == order


def test_what_a_customer_bought_is_remembered_most_recent_first_and_up_to_a_bound() -> None:
    (command,) = orders_of(grouped(HEARTS)[0])
    bought = [OpenOrder(msgspec.structs.replace(command, number=number)) for number in ("1", "2", "3")]
    purchases = Purchases(remembered=2)

    for order in bought:
        purchases.remember("17850", order)

    assert [line.order.number for line in purchases.of("17850", "85123A")] == ["3", "2"]


def test_strangers_have_bought_nothing() -> None:
    assert list(Purchases().of(None, "85123A")) == []
