"""What customers write to the shop, and the shop to them by hand, kept on record; texts are sealed under their key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from onhand.access.privacy.vault import enroll, unlock
from onhand.core.database import Connection, statement
from onhand.core.events import Fact, fact, record
from onhand.core.ids import new_id
from onhand.core.pages import PAGE, Page, cut, unseal
from onhand.customers.secrets import subject

Direction = Literal["in", "out"]
Topic = Literal["question", "cancellation"]
PLACE: Final = "customers_message.text"
LONGEST: Final = 4000


class Message(msgspec.Struct, frozen=True):
    """Something that was written: by the customer (in) or to them (out), and what it is about, such as an order."""

    id: UUID
    customer: str
    about: str
    topic: Topic
    direction: Direction
    text: str
    sent_at: datetime
    read_at: datetime | None


class NewMessage(msgspec.Struct, frozen=True):
    """Something to be kept."""

    customer: str
    about: str
    text: str
    direction: Direction = "in"
    topic: Topic = "question"


def keep(
    db: Connection, written: Sequence[NewMessage], *, actor: str, now: datetime, keys: Sequence[str] = ()
) -> list[UUID]:
    """Keep what was written; that it was is told, what it says is not.

    ``keys``: one for each; what comes again under a key is not kept again. Answers the ids of what was kept.
    """
    vault = enroll(db, {subject(each.customer) for each in written}, hold=True)
    rows = [
        (
            new_id(),
            keys[place] if keys else None,
            each.customer,
            each.about,
            each.topic,
            each.direction,
            vault.seal(subject(each.customer), PLACE, each.text[:LONGEST]),
            now,
        )
        for place, each in enumerate(written)
    ]
    if not rows:
        return []
    columns = [list(column) for column in zip(*rows, strict=True)]
    kept = {message for (message,) in db.execute(statement("customers.account", "keep_messages"), columns)}
    fresh = [(row[0], each) for row, each in zip(rows, written, strict=True) if row[0] in kept]
    record(db, [_told(message, each, actor) for message, each in fresh], now)
    return [message for message, _ in fresh]


def _told(message: UUID, written: NewMessage, actor: str) -> Fact:
    kind = "customer.wrote" if written.direction == "in" else "customer.written_to"
    data = {"about": written.about, "topic": written.topic, "message": str(message)}
    return fact(kind, subject(written.customer), actor, data)


def about(
    db: Connection, customers: Sequence[str], subject: str, *, after: str | None = None, most: int = PAGE
) -> Page[Message]:
    """What was written with these customers about one thing, latest first."""
    before = unseal(after, tuple[UUID])[0] if after else None
    facts = {"customers": list(customers), "about": subject, "before": before, "most": most + 1}
    return _page(db, statement("customers.account", "messages_about"), facts, most)


def unread(db: Connection, *, after: str | None = None, most: int = PAGE) -> Page[Message]:
    """What customers wrote that nobody has read yet, oldest first: for the service desk."""
    since = unseal(after, tuple[UUID])[0] if after else None
    return _page(db, statement("customers.account", "unread_messages"), {"since": since, "most": most + 1}, most)


def mark_read(db: Connection, messages: Sequence[UUID], *, actor: str, now: datetime) -> int:
    """Somebody of the shop has read these; how many were new to them."""
    rows = db.execute(
        "UPDATE customers_message SET read_at = %s WHERE id = ANY(%s) AND read_at IS NULL AND direction = 'in'"
        " RETURNING id, customer, about",
        (now, list(messages)),
    ).fetchall()
    told = [
        fact("customer.message_read", subject(customer), actor, {"about": about, "message": str(message)})
        for message, customer, about in rows
    ]
    record(db, told, now)
    return len(rows)


def _page(db: Connection, text: str, facts: Mapping[str, Any], most: int) -> Page[Message]:
    found = [Message(*row) for row in db.execute(text, facts)]
    page = cut(found, most, lambda each: (each.id,))
    vault = unlock(db, {subject(each.customer) for each in page.items})
    opened = [
        msgspec.structs.replace(each, text=vault.open(subject(each.customer), PLACE, each.text)) for each in page.items
    ]
    return Page(opened, page.next)
