"""Verbs that change what we know of customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onhand.core.asks import Command
from onhand.core.batch import Diary, moment
from onhand.core.database import Connection, statement


class CustomerRecord(Command, frozen=True):
    """A customer as they shall be known, by their code."""

    code: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
    name: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""
    email: Annotated[str, Meta(max_length=254, pattern=r"^[^\x00]*$")] = ""
    phone: Annotated[str, Meta(max_length=40, pattern=r"^[^\x00]*$")] = ""
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2")] | None = None


class SavedCustomer(msgspec.Struct, frozen=True):
    """What became of a customer's record."""

    code: str
    change: Literal["created", "changed", "unchanged"]


def save_customers(
    db: Connection, customers: Sequence[CustomerRecord], *, actor: str = "system"
) -> list[SavedCustomer]:
    """Create customers, or change them; the last record of a code counts.

    That a customer changed is told, but not what is known of them: the log keeps, and a person may be forgotten.
    """
    last = {each.code: each for each in customers}
    rows = [(each.code, each.name, each.email, each.phone, each.country) for _, each in sorted(last.items())]
    if not rows:
        return []
    columns = [list(column) for column in zip(*rows, strict=True)]
    diary, saved = Diary(actor, moment(db, None)), dict[str, SavedCustomer]()
    for code, change in db.execute(statement("customers", "save_customers"), columns):
        saved[code] = SavedCustomer(code, change)
        diary.note("customer.saved", f"customer/{code}", change, {"code": code})
    diary.write(db)
    return [saved[each.code] for each in customers]
