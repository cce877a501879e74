"""Verbs of caring: notes are left, pinned and taken down; cases are opened, taken, answered, closed and reopened.

What is said is sealed, and stands in no event: the log keeps, and a person may be forgotten. Each verb that writes has
a ``key``: asked twice under one key it is done once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from onhand.access.privacy.vault import enroll
from onhand.core import events
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused, refused
from onhand.customers.rules import Priority
from onhand.customers.service import errors, rules
from onhand.customers.service.rules import Act, Clock, State
from onhand.customers.service.secrets import ENTRY, NOTE, SUBJECT, owner_of

_ROOM = "customers.service"


class Whose(NamedTuple):
    """Whom a note or a case is about: a customer by code and id, an order by its id and by how it is called."""

    customer: str | None = None
    customer_id: int | None = None
    order: UUID | None = None
    order_name: str = ""

    @property
    def subject(self) -> str:
        """How privacy knows them."""
        return owner_of(self.customer, self.order)

    @property
    def facts(self) -> dict[str, Any]:
        """What an event says of them."""
        return {"customer": self.customer, "order": self.order_name or None}


def write_note(
    db: Connection, whose: Whose, text: str, *, pinned: bool, key: str, actor: str, now: datetime
) -> int | None:
    """Leave a note; answers its number, None where it was left before under this key."""
    vault = enroll(db, [whose.subject], hold=True)
    row = db.execute(
        "INSERT INTO customers_note (customer_id, order_id, text, pinned, author, at, key)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING RETURNING id",
        (whose.customer_id, whose.order, vault.seal(whose.subject, NOTE, text), pinned, actor, now, key),
    ).fetchone()
    if row is None:
        return None
    _tell(db, "note.written", whose.subject, actor, {**whose.facts, "note": row[0], "pinned": pinned}, now)
    return int(row[0])


def pin_note(db: Connection, note: int, *, pinned: bool, actor: str, now: datetime) -> Refused | None:
    """Pin a note above the others, or let it go."""
    row = db.execute(
        f"{_NOTE} FOR NO KEY UPDATE OF note",
        (note,),
    ).fetchone()
    if row is None:
        return errors.unknown_note(note)
    if row[2] != pinned:
        db.execute("UPDATE customers_note SET pinned = %s WHERE id = %s", (pinned, note))
        data = {"note": note, "before": {"pinned": row[2]}, "after": {"pinned": pinned}}
        _tell(db, "note.pinned", owner_of(*row[:2]), actor, data, now)
    return None


def take_down_note(db: Connection, note: int, *, actor: str, now: datetime) -> Refused | None:
    """Take a note down for good."""
    row = db.execute(f"{_NOTE} FOR UPDATE OF note", (note,)).fetchone()
    if row is None:
        return errors.unknown_note(note)
    db.execute("DELETE FROM customers_note WHERE id = %s", (note,))
    _tell(db, "note.taken_down", owner_of(*row[:2]), actor, {"note": note}, now)
    return None


_NOTE = (
    "SELECT customer.code, note.order_id, note.pinned FROM customers_note AS note"
    " LEFT JOIN customers_customer AS customer ON customer.id = note.customer_id WHERE note.id = %s"
)


class Opening(NamedTuple):
    """A case to be opened: what it is about, what was asked, how urgent it is, who takes it (None: nobody yet)."""

    whose: Whose
    subject: str
    question: str
    priority: Priority
    owner: str | None = None


def open_case(db: Connection, wanted: Opening, *, key: str, actor: str, now: datetime) -> int:
    """Open a case; answers its number, which is that of the first time where it was opened before under this key."""
    whose, due = wanted.whose, rules.answer_due(now, wanted.priority)
    vault = enroll(db, [whose.subject], hold=True)
    row = db.execute(
        statement(_ROOM, "open_case"),
        {
            "subject": vault.seal(whose.subject, SUBJECT, wanted.subject),
            "customer": whose.customer_id,
            "order": whose.order,
            "owner": wanted.owner,
            "priority": wanted.priority,
            "now": now,
            "actor": actor,
            "due": due,
            "key": key,
        },
    ).fetchone()
    if row is None:
        (number,) = db.execute("SELECT id FROM customers_case WHERE key = %s", (key,)).fetchone() or (0,)
        return int(number)
    number = int(row[0])
    _say(db, number, "question", vault.seal(whose.subject, ENTRY, wanted.question), key, actor, now)
    data = {**whose.facts, "number": number, "priority": wanted.priority, "owner": wanted.owner, "due": due.isoformat()}
    _tell(db, "case.opened", f"case/{number}", actor, data, now)
    return number


class Held(NamedTuple):
    """A case, locked: whom it is about, and how it stands."""

    number: int
    customer: str | None
    order: UUID | None
    state: State
    owner: str | None
    priority: Priority
    clock: Clock

    @property
    def subject(self) -> str:
        """How privacy knows whom it is about."""
        return owner_of(self.customer, self.order)


def hold_case(db: Connection, number: int, act: Act) -> Held | Refused:
    """Lock a case for an act; refuses ``unknown_case`` and ``case_not_so``."""
    row = db.execute(
        "SELECT ticket.id, customer.code, ticket.order_id, ticket.state, ticket.owner, ticket.priority, ticket.due_at,"
        " ticket.answered_at, ticket.first_due_at, ticket.first_answered_at"
        " FROM customers_case AS ticket LEFT JOIN customers_customer AS customer ON customer.id = ticket.customer_id"
        " WHERE ticket.id = %s FOR NO KEY UPDATE OF ticket",
        (number,),
    ).fetchone()
    if row is None:
        return errors.unknown_case(number)
    *facts, due, answered, first_due, first_answered = row
    held = Held._make((*facts, Clock(due, answered, first_due, first_answered)))
    return held if rules.may_follow(held.state, act) else errors.not_in_this_state(number, held.state, act)


class Said(NamedTuple):
    """What comes with an act: a text (an answer, a note, why), and who shall have the case."""

    text: str = ""
    owner: str | None = None


def act_on_case(
    db: Connection, number: int, act: Act, said: Said, *, key: str, actor: str, now: datetime
) -> Held | Refused:
    """Do something to a case, once for each key; answers the case as it stood before."""
    held = hold_case(db, number, act)
    if refused(held):
        return _as_before(db, number, key) or held
    if said.text:
        vault = enroll(db, [held.subject], hold=True)
        if not _say(db, number, _ENTRIES.get(act, "note"), vault.seal(held.subject, ENTRY, said.text), key, actor, now):
            return held
    state, owner = rules.after(held.state, act), said.owner or held.owner
    clock = rules.clock_after(held.clock, act, held.priority, now)
    db.execute(
        "UPDATE customers_case SET state = %s, owner = %s, due_at = %s, answered_at = %s, first_due_at = %s,"
        " first_answered_at = %s, closed_at = CASE WHEN %s = 'closed' THEN coalesce(closed_at, %s) END WHERE id = %s",
        (state, owner, *clock, state, now, number),
    )
    data = {
        "number": number,
        "customer": held.customer,
        "before": {"state": held.state, "owner": held.owner},
        "after": {"state": state, "owner": owner},
    }
    if clock.due != held.clock.due:
        data["due"] = clock.due.isoformat()
    _tell(db, _KINDS[act], f"case/{number}", actor, data, now)
    return held


_KINDS: dict[Act, str] = {
    "take": "case.taken",
    "hand_over": "case.taken",
    "answer": "case.answered",
    "wait": "case.waits",
    "note": "case.noted",
    "close": "case.closed",
    "reopen": "case.reopened",
    "ask": "case.asked",
}
_ENTRIES: dict[Act, str] = {"answer": "answer", "ask": "question"}


def _as_before(db: Connection, number: int, key: str) -> Held | None:
    """The case, where this very act was done before."""
    if not db.execute("SELECT FROM customers_case_entry WHERE key = %s", (key,)).fetchone():
        return None
    held = hold_case(db, number, "note")
    return None if refused(held) else held


def _say(db: Connection, number: int, kind: str, sealed: str, key: str, actor: str, now: datetime) -> bool:
    given = {"number": number, "kind": kind, "text": sealed, "author": actor, "now": now, "key": key}
    return db.execute(statement(_ROOM, "write_entry"), given).fetchone() is not None


def _tell(db: Connection, kind: str, subject: str, actor: str, data: dict[str, Any], now: datetime) -> None:
    events.record(db, [events.fact(kind, subject, actor, data)], now)
