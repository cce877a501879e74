"""Questions about customers."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from onhand.core.database import Connection
from onhand.core.pages import Page
from onhand.core.refusals import Refused
from onhand.core.texts import Code, Country
from onhand.customers import queries
from onhand.doors.api.asking import Listed, Question, Reads, Words, no_such

READS = Reads("Customers", "see.customers")


class CustomersAsked(Listed, frozen=True, kw_only=True):
    """Which customers."""

    country: Country | None = None
    email: Annotated[Words, Meta(description="this address, in capitals or not")] | None = None
    phone: Annotated[Words, Meta(description="this number, with its country or without")] | None = None
    name: Annotated[Words, Meta(description="whole words of the name, all of them, in any order")] | None = None


@READS.at("/customers", "Customers")
def list_customers(db: Connection, asked: CustomersAsked) -> Page[queries.CustomerView]:
    """In the order of their codes."""
    given = {"email": asked.email, "phone": asked.phone, "name": asked.name, "country": asked.country}
    return queries.customers(db, **given, after=asked.cursor, most=asked.limit)


class CustomerAsked(Question, frozen=True, kw_only=True):
    """Which customer."""

    customer: Annotated[Code, Meta(description="a customer's code")]


@READS.at("/customers/{customer}", "One customer")
def read_customer(db: Connection, asked: CustomerAsked) -> queries.CustomerView | Refused:
    """By their code."""
    return queries.customer(db, asked.customer) or no_such("customer", asked.customer)
