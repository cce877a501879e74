"""Proving that the audit trail is as it was written: what was altered, removed or put in is named.

Three things are looked at, all of them as they stand at one moment: each entry against the digest its link holds; each
link against the one before it, up to where its lane ends; each seal against the link it sealed. With entries alone
changed, the very entry is named; with links changed too, the link; with the whole chain written anew, the seal.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple

import msgspec

from onhand.access.audit.sealing import mac, name_of
from onhand.core.database import Connection, statement

GENESIS: Final = hashlib.sha256(b"onhand").digest()
MOST_FAULTS: Final = 1000
_LINKS_AT_ONCE: Final = 2000

What = Literal["altered", "removed", "inserted", "chain", "head", "seal"]


class Fault(msgspec.Struct, frozen=True):
    """Something that is not as it was written: an entry by its lane and place, a link by its first place, a seal.

    ``seq`` is the number of the event the entry copies, where one is there.
    """

    what: What
    lane: int
    place: int
    seq: int | None = None
    month: str = ""

    def __str__(self) -> str:
        """In a sentence."""
        where = f"lane {self.lane}, place {self.place}"
        event = f" (event {self.seq})" if self.seq is not None else ""
        return {
            "altered": f"the entry at {where}{event} is not as it was written",
            "removed": f"the entry at {where} is gone",
            "inserted": f"the entry at {where}{event} was put in by somebody",
            "chain": f"the link that begins at {where} does not continue the one before it",
            "head": f"lane {self.lane} does not end where it should, at place {self.place}",
            "seal": f"seal {self.place} does not fit what stands in lane {self.lane}, or was not made here",
        }[self.what]


class Report(msgspec.Struct, frozen=True):
    """What was looked at, and what is wrong with it. ``sealed_by``: how many seals could be checked."""

    months: int
    entries: int
    links: int
    seals: int
    faults: list[Fault]

    @property
    def clean(self) -> bool:
        """Whether all is as it was written."""
        return not self.faults


class Link(NamedTuple):
    """A batch of entries of a lane, and the chain up to it."""

    lane: int
    first: int
    entries: int
    digests: bytes
    digest: bytes


class Head(NamedTuple):
    """Where a lane has come to."""

    place: int
    digest: bytes


Progress = Callable[[str], None]


def verify(db: Connection, key: bytes | None, *, progress: Progress = lambda _: None) -> Report:
    """Look through the whole trail that is in the database. Without the key, seals are not checked."""
    with db.transaction():
        db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        db.execute("SET LOCAL statement_timeout = 0")
        began = _archived_heads(db)
        faults: list[Fault] = []
        entries = 0
        months = _months(db)
        for month in months:
            progress(f"{month:%Y-%m}")
            found, wrong = _entries(db, month)
            entries += found
            faults += wrong
        progress("chain")
        seals = _Seals(db, key)
        links = _walk(db, began, seals, faults)
        faults += seals.left(began)
        return Report(len(months), entries, links, seals.count, faults[:MOST_FAULTS])


def _months(db: Connection) -> list[date]:
    """The months that are in the database, oldest first."""
    rows = db.execute(statement("access.audit", "months"))
    return [datetime.strptime(name, "%Y_%m").date() for (name,) in rows]  # noqa: DTZ007 - a month has no zone


def _entries(db: Connection, month: date) -> tuple[int, list[Fault]]:
    table = f"{month:%Y_%m}"
    (count,) = db.execute(f"SELECT count(*) FROM access_audit_entry_{table}").fetchone() or (0,)
    text = statement("access.audit", "entries_amiss").format(month=table)
    rows = db.execute(text, {"most": MOST_FAULTS})
    return count, [Fault(what, lane, place, seq, f"{month:%Y-%m}") for what, lane, place, seq in rows]


def _walk(db: Connection, began: dict[int, Head], seals: _Seals, faults: list[Fault]) -> int:
    """Follow each lane from where the archive left it (or from the very beginning) to its end."""
    heads = dict(began)
    count = 0
    for link in _links(db):
        count += 1
        before = heads.get(link.lane, Head(0, GENESIS))
        if not continues(link, before):
            faults.append(Fault("chain", link.lane, link.first))
        heads[link.lane] = Head(link.first + link.entries - 1, link.digest)
        seals.pass_by(link)
    for lane, place, digest in db.execute("SELECT lane, place, digest FROM access_audit_lane"):
        head = heads.pop(lane, Head(0, GENESIS))
        if head != (place, bytes(digest)):
            faults.append(Fault("head", lane, place))
    faults += [Fault("head", lane, head.place) for lane, head in heads.items()]
    return count


def continues(link: Link, before: Head) -> bool:
    """Whether a link is the next one of its lane, and holds as many digests as it says."""
    fits = link.first == before.place + 1 and len(link.digests) == 32 * link.entries
    return fits and hashlib.sha256(before.digest + link.digests).digest() == link.digest


def _links(db: Connection) -> Iterator[Link]:
    with db.cursor(name="audit_links") as cursor:
        cursor.itersize = _LINKS_AT_ONCE
        cursor.execute(statement("access.audit", "links"))
        for lane, first, entries, digests, digest in cursor:
            yield Link(lane, first, entries, bytes(digests), bytes(digest))


def _archived_heads(db: Connection) -> dict[int, Head]:
    """Where the lanes ended with the last month that went to the archive."""
    row = db.execute(statement("access.audit", "archived_heads")).fetchone()
    return {int(lane): Head(place, bytes.fromhex(digest)) for lane, (place, digest) in (row[0] if row else {}).items()}


class _Seals:
    """The seals that are still to be met while the chain is followed."""

    def __init__(self, db: Connection, key: bytes | None) -> None:
        self._expected: dict[tuple[int, int], list[tuple[int, str]]] = {}
        self._wrong: list[Fault] = []
        self.count = 0
        if key is None:
            return
        last = 0
        for number, at, heads, name, given in db.execute(statement("access.audit", "seals")):
            forged = name == name_of(key) and not hmac.compare_digest(mac(key, number, at, heads), bytes(given))
            if number != last + 1 or forged:
                self._wrong.append(Fault("seal", 0, number))
            last = number
            self.count += 1
            self._expect(number, heads)

    def _expect(self, number: int, heads: dict[str, Any]) -> None:
        for lane, (place, digest) in heads.items():
            self._expected.setdefault((int(lane), place), []).append((number, digest))

    def pass_by(self, link: Link) -> None:
        """A link was met: what is sealed of it must fit."""
        for number, digest in self._expected.pop((link.lane, link.first + link.entries - 1), ()):
            if digest != link.digest.hex():
                self._wrong.append(Fault("seal", link.lane, number))

    def left(self, began: dict[int, Head]) -> list[Fault]:
        """What is wrong with the seals; one whose link was never met was sealed of something that is gone."""
        gone = [
            Fault("seal", lane, number)
            for (lane, place), numbers in self._expected.items()
            for number, _digest in numbers
            if place > began.get(lane, Head(0, GENESIS)).place
        ]
        return sorted({*self._wrong, *gone}, key=lambda fault: (fault.place, fault.lane))
