"""Events that must survive a restore: who asked to be forgotten stays forgotten, though the data come back.

A database restored to last week knows nothing of what was erased since. So such events are copied into the store as
they happen, apart from the backups, and handed to the steps after a restore, which do them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from onhand.core import events
from onhand.core.backup.vault import Vault
from onhand.core.database import Connection

KINDS = ("person.erased", "customer.erased", "order.erased")
PAGE = 500


class Survivor(msgspec.Struct, frozen=True):
    """An event that outlives the database it was recorded in; see ``core.events``."""

    at: datetime
    kind: str
    subject: str
    data: dict[str, Any]


class _Place(msgspec.Struct, frozen=True):
    """How far the log was read: its transactions are numbered anew after a restore, hence the timeline."""

    timeline: int
    seen: str


def copy(db: Connection, vault: Vault, cluster: str, kinds: Sequence[str] = KINDS) -> int:
    """Copy what was recorded since the last time; how many. ``db`` is in autocommit; safe to do twice."""
    (timeline,) = db.execute(
        "SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int"
    ).fetchone() or (1,)
    before = vault.note(_place(cluster), _Place)
    seen = before.seen if before and before.timeline == timeline else events.Marks().seen
    until, last, copied = events.present(db).seen, 0, 0
    while page := events.between(db, events.Window(seen, until, last), about=[], kinds=kinds, most=PAGE):
        for each in page:
            kept = Survivor(each.at, each.kind, each.subject, msgspec.json.decode(each.data))
            vault.keep(f"{_under(cluster)}/{timeline:08X}-{each.seq:016X}.sealed", kept)
        last, copied = page[-1].seq, copied + len(page)
    vault.keep(_place(cluster), _Place(timeline, until))
    return copied


def survivors(vault: Vault, cluster: str) -> list[Survivor]:
    """All of them, in the order in which they happened."""
    found = [vault.note(name, Survivor) for name in list(vault.store.names(_under(cluster)))]
    return sorted((each for each in found if each), key=lambda each: each.at)


def _under(cluster: str) -> str:
    return f"{cluster}/survivors"


def _place(cluster: str) -> str:
    return f"{cluster}/survivors-read"
