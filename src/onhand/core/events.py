"""The event log: what happened, written with it, read in order by followers who never miss one.

A sequence number alone does not make a safe cursor: a transaction may take number 5, sleep, and commit after number 6
was read. So a follower remembers a *snapshot* (``pg_current_snapshot()``): which transactions it could already see.
The next events are those of transactions visible now and not visible then; each appears exactly once, whatever the
order of commits. Within one reading they go out by sequence number. Whoever writes about a subject holds that
subject's row lock, so an earlier event of a subject is visible, and numbered, before a later one: each subject's
events arrive in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, NamedTuple

import msgspec
import psycopg
from msgspec import Meta

from onhand.core.asks import origin_of
from onhand.core.database import Connection, statement
from onhand.core.pages import BadCursor, Listing, Page, seal, unseal

CHANNEL = "onhand_events"
# Families of kinds that are the trade's. All others (who signed in, what was confirmed, what looked like misuse …) are
# for those who keep the house safe: no feed for connectors tells them, and no webhook that wants all there is.
OF_THE_TRADE = frozenset(
    {"order", "stock", "supply", "cart", "product", "sku", "barcode", "price", "category", "site", "location"}
    | {"channel", "sourcing", "customer", "webhook", "consent", "case", "review"}
)
MOST_LOOKED_THROUGH = 5000
Snapshot = Annotated[str, Meta(pattern=r"^[0-9]{1,19}:[0-9]{1,19}:[0-9,]*$")]


class Fact(NamedTuple):
    """An event about to be recorded. ``data`` is JSON text, encoded once by whoever knows the facts."""

    kind: str
    subject: str
    actor: str
    data: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event as followers read it."""

    seq: int
    at: datetime
    kind: str
    subject: str
    actor: str
    data: dict[str, Any]


_encoder = msgspec.json.Encoder()


def fact(kind: str, subject: str, actor: str, data: object) -> Fact:
    """Shape an event; ``data`` may be anything msgspec can write as a JSON object."""
    return Fact(kind, subject, actor, _encoder.encode(data).decode())


def of_the_trade(kind: str) -> bool:
    """Whether events of a kind are the trade's own, and may be told to whoever follows all of it."""
    return kind.partition(".")[0] in OF_THE_TRADE


def record(db: Connection, facts: Sequence[Fact], at: datetime) -> None:
    """Append events to the log, in the caller's transaction, and wake followers once when it commits."""
    if not facts:
        return
    kinds, subjects, actors, data = (list(column) for column in zip(*facts, strict=True))
    origins = [origin_of(actor) for actor in actors]
    db.execute(statement("core", "record_events"), (at, kinds, subjects, actors, data, origins))
    db.execute(f"NOTIFY {CHANNEL}")


def read(db: Connection, follower: str, *, most: int = 500) -> list[Event]:
    """The next events for a follower, oldest first, without moving its cursor; see ``advance``.

    A new follower begins at the first event still kept. Call ``advance`` in the transaction in which the events
    were dealt with: until then the same events are read again (at least once).
    """
    db.execute(statement("core", "open_window"), (follower,))
    rows = db.execute(statement("core", "read_events"), {"follower": follower, "most": most}).fetchall()
    return [Event(*row) for row in rows]


def glance(db: Connection, follower: str, *, most: int = 500) -> list[int]:
    """As ``read``, but the numbers of the events alone, for a follower who deals with them in SQL; see ``move_on``."""
    db.execute(statement("core", "open_window"), (follower,))
    rows = db.execute(statement("core", "glance_events"), {"follower": follower, "most": most})
    return [seq for (seq,) in rows]


def these(db: Connection, seqs: Sequence[int], kinds: Sequence[str]) -> list[Event]:
    """Those of these events (see ``glance``) that are of some kinds, oldest first."""
    rows = db.execute(statement("core", "events_of_kinds"), {"seqs": list(seqs), "kinds": list(kinds)})
    return [Event(*row) for row in rows]


def advance(db: Connection, follower: str, events: Sequence[Event], *, most: int = 500) -> None:
    """Remember that these events, just read, were dealt with; a short page closes the window it was read from."""
    move_on(db, follower, events[-1].seq if events else 0, full=len(events) >= most)


def move_on(db: Connection, follower: str, last: int, *, full: bool) -> None:
    """Remember that a page was dealt with, up to its ``last`` number; ``full``: its window may hold more."""
    db.execute(statement("core", "advance_follower"), {"follower": follower, "last": last, "full": full})


_ABOUT = Listing("core", "events_about", tuple[int], "seq > %(k0)s", Event, {"subject": "subject = %(subject)s"})


def about(db: Connection, subject: str, *, after: str | None = None, most: int = 200) -> Page[Event]:
    """The history of one subject, oldest first: those who write about it take turns, so its numbers are in order."""
    return _ABOUT.page(db, {"subject": subject}, after=after, most=most)


def of_subjects(db: Connection, subjects: Sequence[str], kind: str) -> list[Event]:
    """Those events of a kind that are about some subjects, as far as the log still has them, oldest first."""
    rows = db.execute(statement("core", "events_of_subjects"), {"subjects": list(subjects), "kind": kind})
    return [Event(*row) for row in rows]


class Marks(msgspec.Struct, frozen=True, array_like=True):
    """How far a reader of the log has come who keeps his own place: a follower's three marks."""

    seen: Snapshot = "1:1:"
    until: Snapshot | None = None
    seq: int = 0


def feed(
    db: Connection,
    *,
    after: str | None = None,
    kind: str | None = None,
    subject: str | None = None,
    most: int = 100,
) -> Page[Event]:
    """The next events of the trade for a reader who keeps his own cursor, oldest first, of a kind or subject if asked.

    There is always a next: when nothing new is there, the same cursor asks again later. Of a filtered log so many
    events are looked through at a time that a page may be empty though more follow.
    """
    marks = unseal(after, Marks) if after else Marks()
    looked_at = most if kind is None and subject is None else max(most, MOST_LOOKED_THROUGH)
    values = {
        "seen": marks.seen,
        "until": marks.until,
        "seq": marks.seq,
        "kind": kind,
        "subject": subject,
        "families": sorted(OF_THE_TRADE),
    }
    try:
        rows = db.execute(statement("core", "feed"), values | {"most": looked_at}, prepare=False).fetchall()
    except psycopg.errors.DataError as fault:
        raise BadCursor from fault
    found = [row for row in rows if row[3] is not None]
    until, last, examined = rows[0][:3]
    if len(found) > most:
        found, last, examined = found[:most], found[most - 1][3], looked_at
    following = Marks(marks.seen, until, last) if examined >= looked_at else Marks(until)
    return Page([Event(*row[3:]) for row in found], seal(msgspec.to_builtins(following)))


class Told(NamedTuple):
    """An event as it lies in the log: its facts are still text, ``site`` is the one they name, if they do."""

    seq: int
    at: datetime
    kind: str
    subject: str
    actor: str
    data: str
    site: str | None


class Window(NamedTuple):
    """What became visible between two snapshots, from a number on: read by number, it is the log without a gap."""

    seen: str
    until: str
    seq: int = 0

    def at(self, seq: int) -> Marks:
        """The place of a reader who has read so far."""
        return Marks(self.seen, self.until, seq)


def windows(marks: Marks, until: str) -> list[Window]:
    """What a reader at a place has to read to be at ``until``: first the rest of the window he is in, if any."""
    if marks.until is None:
        return [Window(marks.seen, until)]
    return [Window(marks.seen, marks.until, marks.seq), Window(marks.until, until)]


def present(db: Connection) -> Marks:
    """The place of a reader who has read everything that is committed now."""
    row = db.execute("SELECT pg_current_snapshot()::text").fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    return Marks(row[0])


def sealed(marks: Marks) -> str:
    """A place as a cursor: the same that ``feed`` gives out and takes."""
    return seal((marks.seen, marks.until, marks.seq))


def unsealed(cursor: str) -> Marks:
    """The place a cursor names; raises ``BadCursor``."""
    return unseal(cursor, Marks)


def between(
    db: Connection,
    window: Window,
    *,
    about: Sequence[str] | None = None,
    sites: Sequence[str] = (),
    kinds: Sequence[str] = (),
    most: int = 500,
) -> list[Told]:
    """The first events of a window, all or those about some subjects and sites and of some kinds.

    Raises ``BadCursor``.
    """
    subjects = None if about is None else list(about)
    values = {**window._asdict(), "subjects": subjects, "sites": list(sites), "kinds": list(kinds), "most": most}
    try:
        return [Told(*row) for row in db.execute(statement("core", "between"), values)]
    except psycopg.errors.DataError as fault:
        raise BadCursor from fault


def since(db: Connection, marks: Marks) -> int:
    """How many events somebody at a place would have to look through, at most; raises ``BadCursor``."""
    try:
        row = db.execute(statement("core", "events_since"), (marks.seen,)).fetchone()
    except psycopg.errors.DataError as fault:
        raise BadCursor from fault
    return int(row[0]) if row else 0


class LogSize(NamedTuple):
    """How large the log has grown; rows as the database last estimated them."""

    rows: int
    bytes: int


def size(db: Connection) -> LogSize:
    """The log's size, without counting."""
    row = db.execute(statement("core", "event_log_size")).fetchone()
    return LogSize(*row) if row else LogSize(0, 0)


class Behind(NamedTuple):
    """What a follower has not dealt with yet: how many events, and for how long the oldest has waited."""

    follower: str
    events: int
    seconds: float


def behind(db: Connection, *, most: int = 10_000) -> list[Behind]:
    """How far each follower is behind; more than ``most`` events are not counted on."""
    return [Behind(*row) for row in db.execute(statement("core", "followers_behind"), {"most": most})]
