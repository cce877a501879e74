"""Where orders go, sealed and opened: postcode and address, under the customer's key, or a guest order's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from onhand.access.privacy.vault import unlock
from onhand.core.database import Connection

POSTCODE = "orders_order.postcode"
ADDRESS = "orders_order.address"


def subject(order: UUID, customer: str | None) -> str:
    """Whose an order's postcode and address are."""
    return f"customer/{customer}" if customer else f"order/{order}"


class Place(NamedTuple):
    """Where an order goes. ``address``: the lines below the name, street and house, town."""

    postcode: str
    address: str


def places(db: Connection, kept: Iterable[tuple[UUID, str | None, str, str]]) -> dict[UUID, Place]:
    """Where orders go, of (order, its customer's code, postcode and address as kept)."""
    rows = [
        (order, subject(order, customer), postcode, address)
        for order, customer, postcode, address in kept
        if postcode or address
    ]
    vault = unlock(db, (whose for _, whose, *_ in rows))
    return {
        order: Place(vault.open(whose, POSTCODE, postcode), vault.open(whose, ADDRESS, address))
        for order, whose, postcode, address in rows
    }
