"""Questions to the room: who is meant by a code, and who they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from onhand.core.database import Connection
from onhand.core.pages import Listing


def ids_by_code(db: Connection, codes: Iterable[str]) -> dict[str, int]:
    """The ids of known customers."""
    wanted = list(set(codes))
    if not wanted:
        return {}
    rows = db.execute("SELECT code, id FROM customers_customer WHERE code = ANY(%s)", (wanted,)).fetchall()
    return dict(rows)


class CustomerView(msgspec.Struct, frozen=True):
    """A customer, as we know them."""

    code: str
    name: str
    email: str
    phone: str
    country: str | None
    known_since: datetime


CUSTOMERS = Listing(
    "customers",
    "customers",
    tuple[str],
    "customer.code > %(k0)s",
    CustomerView,
    {
        "code": "customer.code = %(code)s",
        "email": "customer.email = %(email)s AND customer.email <> ''",
        "country": "customer.country = %(country)s",
    },
)
