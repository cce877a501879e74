"""Questions about notes and cases; their texts are opened, as far as there is a key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from onhand.access.privacy.vault import unlock
from onhand.core.database import Connection, statement
from onhand.core.pages import Listing, Page
from onhand.customers.rules import Priority
from onhand.customers.service.rules import State
from onhand.customers.service.secrets import ENTRY, NOTE, SUBJECT, owner_of

_ROOM = "customers.service"
MOST = 100


class NoteView(msgspec.Struct, frozen=True):
    """A note, as it is read."""

    note: int
    customer: str | None
    order: UUID | None
    text: str
    pinned: bool
    author: str
    at: datetime


def notes_of_customer(db: Connection, customer: int, *, most: int = MOST) -> list[NoteView]:
    """Notes on a customer and their orders, pinned ones first."""
    return _notes(db, "note.customer_id = %(id)s", customer, most)


def notes_of_order(db: Connection, order: UUID, *, most: int = MOST) -> list[NoteView]:
    """Notes on one order, pinned ones first."""
    return _notes(db, "note.order_id = %(id)s", order, most)


def _notes(db: Connection, whose: str, wanted: Any, most: int) -> list[NoteView]:
    text = statement(_ROOM, "notes").replace("{whose}", whose)
    found = [NoteView(*row) for row in db.execute(text, {"id": wanted, "most": most})]
    vault = unlock(db, {owner_of(each.customer, each.order) for each in found})
    return [
        msgspec.structs.replace(each, text=vault.open(owner_of(each.customer, each.order), NOTE, each.text))
        for each in found
    ]


class CaseView(msgspec.Struct, frozen=True):
    """A case, as it is read. ``order`` is the order's id.

    ``due_at``: when an answer is due to what was asked last; ``answered_at``: when it was given.
    """

    number: int
    subject: str
    customer: str | None
    order: UUID | None
    owner: str | None
    state: State
    priority: Priority
    opened_at: datetime
    opened_by: str
    due_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None

    def overdue(self, now: datetime) -> bool:
        """Whether what was asked last should have been answered by now."""
        return self.answered_at is None and self.closed_at is None and self.due_at < now


_CASES = Listing(
    _ROOM,
    "cases",
    tuple[int],
    "ticket.id < %(k0)s",
    CaseView,
    {
        "number": "ticket.id = %(number)s",
        "customer": "ticket.customer_id = (SELECT id FROM customers_customer WHERE code = %(customer)s)",
        "order": "ticket.order_id = %(order)s",
        "owner": "ticket.owner = %(owner)s",
        "live": "ticket.state <> 'closed' AND %(live)s",
        "state": "ticket.state = %(state)s",
        "overdue": "ticket.answered_at IS NULL AND ticket.closed_at IS NULL AND ticket.due_at < %(overdue)s",
    },
)


def cases(db: Connection, given: dict[str, Any], *, after: str | None = None, most: int = MOST) -> Page[CaseView]:
    """Cases, latest first: of a ``customer`` or ``order``, an ``owner``, in a ``state``, ``overdue`` at a moment."""
    found = _CASES.page(db, given, after=after, most=most)
    return Page(_opened(db, found.items), found.next)


def case(db: Connection, number: int) -> CaseView | None:
    """A case by its number."""
    found = cases(db, {"number": number}, most=1).items
    return found[0] if found else None


def live_case(db: Connection, order: UUID) -> int | None:
    """The latest case about an order that is not closed."""
    row = db.execute(
        "SELECT id FROM customers_case WHERE order_id = %s AND state <> 'closed' ORDER BY id DESC LIMIT 1", (order,)
    ).fetchone()
    return int(row[0]) if row else None


def _opened(db: Connection, found: Sequence[CaseView]) -> list[CaseView]:
    texts = subjects(db, ((each.customer, each.order, each.subject) for each in found))
    return [msgspec.structs.replace(each, subject=text) for each, text in zip(found, texts, strict=True)]


def subjects(db: Connection, kept: Iterable[tuple[str | None, UUID | None, str]]) -> list[str]:
    """Subjects of cases as they were written, of (customer's code, order, subject as kept)."""
    rows = list(kept)
    vault = unlock(db, {owner_of(customer, order) for customer, order, _ in rows})
    return [vault.open(owner_of(customer, order), SUBJECT, text) for customer, order, text in rows]


class EntryView(msgspec.Struct, frozen=True):
    """Something said about a case."""

    entry: int
    kind: str
    text: str
    author: str
    at: datetime


def entries(db: Connection, of: CaseView, *, most: int = 500) -> list[EntryView]:
    """What was said about a case, first things first."""
    subject = owner_of(of.customer, of.order)
    vault = unlock(db, [subject])
    rows = db.execute(statement(_ROOM, "entries"), (of.number, most))
    return [EntryView(number, kind, vault.open(subject, ENTRY, text), *rest) for number, kind, text, *rest in rows]


class Response(msgspec.Struct, frozen=True):
    """How long customers waited for a first answer, in seconds; ``due``: cases answered or overdue."""

    answered: int
    median: float | None
    p90: float | None
    in_time: int
    due: int

    @property
    def share(self) -> float | None:
        """The share answered in time, 0 to 1; None where nothing was due."""
        return self.in_time / self.due if self.due else None


def response(db: Connection, *, since: datetime, now: datetime) -> Response:
    """The figures of first answers, of cases opened since a moment."""
    row = db.execute(statement(_ROOM, "response"), {"since": since, "now": now}).fetchone()
    return Response(*(row or (0, None, None, 0, 0)))


def customers_with_cases(db: Connection, customers: Iterable[int]) -> set[int]:
    """Those of these customers about whom there is a case or a note."""
    rows = db.execute(
        "SELECT wanted.id FROM unnest(%s::bigint[]) AS wanted (id)"
        " WHERE EXISTS (SELECT FROM customers_case AS ticket WHERE ticket.customer_id = wanted.id)"
        " OR EXISTS (SELECT FROM customers_note AS note WHERE note.customer_id = wanted.id)",
        (list(customers),),
    )
    return {customer for (customer,) in rows}
