"""Where orders go, sealed and opened: the postcode, under the customer's key, or a guest order's own."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from onhand.access.privacy.vault import unlock
from onhand.core.database import Connection

POSTCODE = "orders_order.postcode"


def subject(order: UUID, customer: str | None) -> str:
    """Whose an order's postcode is."""
    return f"customer/{customer}" if customer else f"order/{order}"


def postcodes(db: Connection, kept: Iterable[tuple[UUID, str | None, str]]) -> dict[UUID, str]:
    """Orders' postcodes, of (order, its customer's code, the postcode as kept)."""
    rows = [(order, subject(order, customer), text) for order, customer, text in kept if text]
    vault = unlock(db, (whose for _, whose, _ in rows))
    return {order: vault.open(whose, POSTCODE, text) for order, whose, text in rows}
