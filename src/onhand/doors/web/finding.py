"""What a few words, a number or a scanned code may mean."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse

from onhand.access.models import Person
from onhand.core.database import Connection
from onhand.core.refusals import refused
from onhand.customers import queries as customers
from onhand.doors.web.house import reading
from onhand.doors.web.navigation import places
from onhand.insight import lists
from onhand.orders import queries as orders

MOST, MOST_WORDS = 8, 80
_GOODS = lists.ALL["products"]


class Found(NamedTuple):
    """Somewhere to go."""

    title: str
    about: str
    icon: str
    address: str


def find(words: str, person: Person) -> list[Found]:
    """Pages by name; goods by code, barcode or name; orders by number; customers by who they are. The best first."""
    words = words.replace("\x00", "").strip()[:MOST_WORDS]
    pages = [
        Found(str(place.words), "", place.icon, reverse(place.route))
        for place in places(person)
        if words.casefold() in str(place.words).casefold()
    ]
    if not words:
        return pages
    with reading(seconds=2) as db:
        return [*_orders(db, words, person), *_people(db, words, person), *_goods(db, words, person), *pages]


def _orders(db: Connection, words: str, person: Person) -> list[Found]:
    if not person.may("see.orders"):
        return []
    return [
        Found(number, channel, "shopping-cart", reverse("orders.one", args=[channel, number]))
        for channel, number in orders.with_number(db, words, MOST)
    ]


def _people(db: Connection, words: str, person: Person) -> list[Found]:
    """Customers by code, address, telephone number or name, for who may know them."""
    route = "desk.customer" if person.may("see.desk") else "privacy.one" if person.may("see.privacy") else ""
    if not route:
        return []
    return [
        Found(each.name or each.code, each.code, "users", reverse(route, args=[each.code]))
        for each in customers.found(db, words, MOST)
    ]


def _goods(db: Connection, words: str, person: Person) -> list[Found]:
    if not person.may("see.products"):
        return []
    found = lists.page(db, _GOODS, lists.View(columns=("sku", "name"), search=words), size=MOST)
    if refused(found):
        return []
    return [Found(row["name"], row["sku"], "package", reverse("goods", args=[row["sku"]])) for row in found.rows]
