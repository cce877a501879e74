"""The log of what happened, for whoever wants to follow it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from onhand.core import events
from onhand.core.database import Connection
from onhand.core.events import Event
from onhand.core.pages import Page
from onhand.doors.api.asking import Cursor, Limit, Question, Reads, Words

READS = Reads("Log", "see.moves")


class EventsAsked(Question, frozen=True, kw_only=True):
    """From where on, and which."""

    after: Annotated[Cursor, Meta(description="`next` of the page before; the beginning of the log without it")] = ""
    kind: Annotated[Words, Meta(description="such as order.placed")] | None = None
    subject: Annotated[Words, Meta(description="such as order/ and an order's id")] | None = None
    limit: Limit = 100


@READS.at("/events", "What happened, event by event")
def list_events(db: Connection, asked: EventsAsked) -> Page[Event]:
    """The trade's log from its beginning, each event once. `next` is never null: keep it, and ask again later.

    Nothing is missed, even what was still being written when its neighbours were read; about one subject, events
    come in the order in which they happened. Of a filtered log a page may be empty though more follow.
    What people change about people, roles and keys is not told here: it is in the audit trail.
    """
    return events.feed(db, after=asked.after, kind=asked.kind, subject=asked.subject, most=asked.limit)
