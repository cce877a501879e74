"""Verbs that change what we know of customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from onhand.core.asks import Command
from onhand.core.database import Connection

_SAVE = """
INSERT INTO customers_customer (code, name, email, phone, country)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
ON CONFLICT (code) DO UPDATE SET name = excluded.name, email = excluded.email, phone = excluded.phone,
    country = excluded.country
"""


class CustomerRecord(Command, frozen=True):
    """A customer as they shall be known, by their code."""

    code: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
    name: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""
    email: Annotated[str, Meta(max_length=254, pattern=r"^[^\x00]*$")] = ""
    phone: Annotated[str, Meta(max_length=40, pattern=r"^[^\x00]*$")] = ""
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")] | None = None


def save_customers(db: Connection, customers: Sequence[CustomerRecord]) -> None:
    """Create customers, or change them; the last record of a code counts."""
    last = {each.code: each for each in customers}
    rows = [(each.code, each.name, each.email, each.phone, each.country) for _, each in sorted(last.items())]
    if rows:
        db.execute(_SAVE, [list(column) for column in zip(*rows, strict=True)])
