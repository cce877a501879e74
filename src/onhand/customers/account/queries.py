"""Questions to the sub-room: who has an address, in which language letters go out."""

from __future__ import annotations

from typing import NamedTuple

from onhand.access.privacy import marks
from onhand.core.database import Connection

MOST = 100


class Addressee(NamedTuple):
    """A customer who has an address, and the language they are written to in (empty: they have not said)."""

    customer: str
    language: str


class Addressed(NamedTuple):
    """An address as it is found by, and who has it, the longest known first."""

    mark: str
    customers: list[Addressee]


def with_address(db: Connection, email: str) -> Addressed | None:
    """Who has an e-mail address, however it is capitalised; None of a text that is empty."""
    found = marks.marker(db).email(email)
    if not found:
        return None
    rows = db.execute(
        "SELECT code, coalesce(language, '') FROM customers_customer WHERE marks @> %s::text[] ORDER BY id LIMIT %s",
        (found, MOST),
    )
    return Addressed(found[0], [Addressee(*row) for row in rows])


def first_with(db: Connection, mark: str) -> str | None:
    """The longest known customer who has the address with this mark; None where nobody has it (any more)."""
    row = db.execute(
        "SELECT code FROM customers_customer WHERE marks @> ARRAY[%s] ORDER BY id LIMIT 1", (mark,)
    ).fetchone()
    return row[0] if row else None
