"""A new master key, while all goes on: it wraps what is new at once, and the old keys' wrappings page by page.

What is sealed does not change, only the wrapping of the keys it is sealed with. Every process finds whichever master
key a wrapping names, so nobody waits and nothing fails. Stopped half way it goes on where it was: what is still wrapped
by an older key is found by that. The older keys stay listed: a backup of before needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from onhand.access.privacy import masters
from onhand.access.privacy.errors import BadMasterKeys
from onhand.access.privacy.masters import SOURCE
from onhand.access.privacy.vault import about
from onhand.core import events
from onhand.core.database import Connection, statement

PAGE = 500
_ROOM = "access.privacy"

Watch = Callable[[int, int], None]


class Rotated(msgspec.Struct, frozen=True):
    """A rotation: the key that wraps everything now, how many keys were wrapped anew, which masters wrap none now."""

    master: str
    wrapped: int
    unused: list[str]


def add_master() -> str:
    """Make a new master key and put it first; its id. Raises ``BadMasterKeys`` when the keys come from no file."""
    path = SOURCE.path()
    if path is None:
        raise BadMasterKeys(
            "names the keys itself: put a new one (`onhand keys make`) at its end and restart every process, then put"
            " it first and restart again, then run `onhand keys rotate --rewrap`"
        )
    before = SOURCE.now()
    line = masters.made(list(before.ciphers))
    masters.write(path, f"{line}\n{path.read_text()}")
    return line.partition(":")[0]


def rewrap(db: Connection, *, now: datetime, actor: str, watch: Watch = lambda _done, _of: None) -> Rotated:
    """Wrap every key by the first master key, page by page; ``db`` must be in autocommit."""
    first, done = SOURCE.now().first, 0
    left = _left(db, first)
    while rows := _page(db, first):
        done += rows
        watch(done, max(left, done))
    if done:
        fact = events.fact("field_key.rotated", f"field-key/{first}", actor, {"wrapped": done})
        with db.transaction():
            events.record(db, [fact], now)
    return Rotated(first, done, _unused(db))


def _left(db: Connection, first: str) -> int:
    row = db.execute("SELECT count(*) FROM access_privacy_key WHERE master <> %s", (first,)).fetchone()
    return int(row[0]) if row else 0


def _page(db: Connection, first: str) -> int:
    with db.transaction():
        rows = db.execute(statement(_ROOM, "keys_to_rewrap"), (first, PAGE)).fetchall()
        if rows:
            columns = [list(column) for column in zip(*(_rewrapped(*row) for row in rows), strict=True)]
            db.execute(statement(_ROOM, "rewrap_keys"), columns)
    return len(rows)


def _rewrapped(subject: str, key: str, master: str, wrapped: bytes) -> Sequence[object]:
    known = SOURCE.knowing(master)
    raw = known.unwrap(master, bytes(wrapped), about(subject, key))
    return subject, known.first, known.wrap(raw, about(subject, key))


def _unused(db: Connection) -> list[str]:
    wrapping = {master for (master,) in db.execute(statement(_ROOM, "masters_used"))}
    return [each for each in SOURCE.now().ciphers if each not in wrapping and each != SOURCE.now().first]


def must_know_masters(db: Connection) -> None:
    """Every master key that wraps anything must be known here; raises ``NoMasterKey``."""
    for (master,) in db.execute(statement(_ROOM, "masters_used")).fetchall():
        SOURCE.knowing(master)


def used(db: Connection) -> dict[str, int]:
    """How many keys each master key wraps; of those that are known here also the ones that wrap none."""
    rows = db.execute("SELECT master, count(*) FROM access_privacy_key GROUP BY master").fetchall()
    return {**dict.fromkeys(SOURCE.now().ciphers, 0), **dict(rows)}
