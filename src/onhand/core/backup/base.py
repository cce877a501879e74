"""Taking a backup while the shop works: the whole database, or what of it changed since the last backup.

The server sends it, we seal it and write it into the store; nothing of it lies anywhere in the plain. The manifest
comes last: a backup that was cut off has none, is not a backup, and is cleared away by the next.

What changed is found by the server (its summaries of the log: PostgreSQL 17 or newer with ``summarize_wal``); where it
cannot say, the backup is a whole one.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from onhand import __version__
from onhand.core.backup import lsn, records, wal
from onhand.core.backup.manifests import BASE, LIST, Kind, Manifest, Part, Server, chain_of, listed, place, sign
from onhand.core.backup.replication import Replication, ReplicationError
from onhand.core.backup.vault import Vault
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect

log = logging.getLogger(__name__)

INCREMENTS_SINCE = 170_000
MOST_INCREMENTS = 30
FULL_EVERY = timedelta(days=7)
# Between two backups any moment can be restored, so one is done when the log up to its end is kept: it waits so long.
LOG_SECONDS = 120.0
# While nobody else archives, what is received is kept so soon.
KEPT_AFTER_SECONDS = 0.2
# Two backups at once would each take the other's beginnings for remains.
_TURNS = 728_812
_SETTINGS = (
    "max_connections",
    "max_worker_processes",
    "max_wal_senders",
    "max_prepared_transactions",
    "max_locks_per_transaction",
)

# Hears how many bytes have come, and how many there will be about.
Progress = Callable[[int, int], None]


class NotTaken(Exception):
    """No backup was taken; the text says why and what to do."""


def silent(_done: int, _total: int) -> None:
    """Progress nobody looks at."""


def take(
    url: str,
    vault: Vault,
    *,
    full: bool = False,
    full_every: timedelta = FULL_EVERY,
    progress: Progress = silent,
) -> Manifest:
    """Take a backup of the server at ``url``, whose account may replicate, and put it on record there.

    An increment on the last backup, where one is possible and its chain is younger than ``full_every``; else, or with
    ``full``, a whole one. Raises ``NotTaken``.
    """
    with connect(url, autocommit=True) as db, turn(db, 1, "A backup is being taken just now: wait until it is done."):
        try:
            with Replication(url) as wire:
                # From here on the server keeps its log until it is archived.
                wire.slot()
            with wal.archiving(url, vault, seconds=KEPT_AFTER_SECONDS):
                manifest = _take(url, vault, db, full=full, full_every=full_every, progress=progress)
        except (ReplicationError, OSError) as fault:
            records.note(db, records.FAILED, {"said": str(fault)}, utc_now())
            raise NotTaken(f"The backup was not taken: {fault}") from fault
        seconds = (manifest.ended_at - manifest.began_at).total_seconds()
        told = {
            "id": manifest.id,
            "kind": manifest.kind,
            "parent": manifest.parent,
            "stored_bytes": manifest.stored_bytes,
            "seconds": round(seconds, 3),
            "store": vault.store.where,
        }
        records.note(db, records.TAKEN, told, manifest.ended_at)
    return manifest


def cluster_of(url: str) -> str:
    """Which cluster the server at ``url`` is, as the store names it."""
    with Replication(url) as wire:
        return wire.identify().cluster


def any_of(url: str, vault: Vault) -> bool:
    """Whether there is a backup of the server at ``url``."""
    with Replication(url) as wire:
        return bool(listed(vault, wire.identify().cluster))


@contextmanager
def turn(db: Connection, number: int, otherwise: str) -> Iterator[None]:
    """Do something nobody else does at the same time; raises ``NotTaken`` with a sentence when somebody does."""
    (mine,) = db.execute("SELECT pg_try_advisory_lock(%s, %s)", (_TURNS, number)).fetchone() or (False,)
    if not mine:
        raise NotTaken(otherwise)
    try:
        yield
    finally:
        if not db.closed:
            db.execute("SELECT pg_advisory_unlock(%s, %s)", (_TURNS, number))


def _take(url: str, vault: Vault, db: Connection, *, full: bool, full_every: timedelta, progress: Progress) -> Manifest:
    with Replication(url) as wire:
        cluster, timeline, _ = wire.identify()
        server = _server(db, wire)
        known = listed(vault, cluster)
        _clear_away(vault, cluster, known)
        parent = None if full else _parent(known, timeline, full_every, can_tell=_can_tell_changes(db, wire))
        if parent:
            try:
                return _one(wire, vault, cluster, server, parent, progress)
            except ReplicationError as fault:
                log.warning("what changed since %s cannot be told (%s); taking a full backup", parent.id, fault)
    with Replication(url) as wire:
        return _one(wire, vault, cluster, server, None, progress)


def _parent(known: Sequence[Manifest], timeline: int, full_every: timedelta, *, can_tell: bool) -> Manifest | None:
    """The backup to build on: the last one, if it is of this timeline and its chain is neither old nor long."""
    if not can_tell or not known or known[-1].timeline != timeline:
        return None
    chain = chain_of(known, known[-1])
    young = utc_now() - chain[0].began_at < full_every
    return known[-1] if young and len(chain) <= MOST_INCREMENTS else None


def _can_tell_changes(db: Connection, wire: Replication) -> bool:
    if wire.version < INCREMENTS_SINCE:
        return False
    (summarizes,) = db.execute("SHOW summarize_wal").fetchone() or ("off",)
    return bool(summarizes == "on")


def _server(db: Connection, wire: Replication) -> Server:
    # Role 10 is the one the cluster was made with: it may do anything, whatever it is called.
    user, database, version = db.execute(
        "SELECT pg_get_userbyid(10), current_database(), current_setting('server_version')"
    ).fetchone() or ("", "", "")
    rows = db.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", (list(_SETTINGS),)).fetchall()
    return Server(version, wire.version // 10_000, user, database, dict(rows), wire.file_bytes())


def _clear_away(vault: Vault, cluster: str, known: Sequence[Manifest]) -> None:
    """Remove what backups left behind that were cut off; nobody else takes one now."""
    whole = {place(cluster, each.id) for each in known}
    for name in list(vault.store.names(f"{cluster}/backups")):
        if name.rpartition("/")[0] not in whole:
            vault.store.remove(name)
    vault.sweep(f"{cluster}/backups")


def _one(
    wire: Replication, vault: Vault, cluster: str, server: Server, parent: Manifest | None, progress: Progress
) -> Manifest:
    began = utc_now()
    kind: Kind = "incremental" if parent else "full"
    name = f"{began:%Y%m%dT%H%M%SZ}-{kind}-{os.urandom(2).hex()}"
    if parent:
        wire.upload_manifest(vault.unseal(parent.object(LIST)))
    backup = wire.backup(f"onhand {name}", incremental=parent is not None)
    under = place(cluster, name)
    with vault.seal(f"{under}/{LIST}") as files, vault.seal(f"{under}/{BASE}") as base:

        def take_in(words: bytes) -> None:
            base.write(words)
            progress(base.taken, backup.total_bytes)

        backup.read(take_in, files.write)
    if not wal.wait_until_kept(vault, cluster, lsn.parse(backup.end_lsn), LOG_SECONDS):
        raise ReplicationError(
            f"the log up to its end was not archived within {LOG_SECONDS:.0f} seconds; see why the archive is behind."
        )
    manifest = Manifest(
        id=name,
        kind=kind,
        parent=parent.id if parent else None,
        chain=parent.chain if parent else name,
        cluster=cluster,
        timeline=backup.timeline,
        start_lsn=backup.start_lsn,
        end_lsn=backup.end_lsn,
        began_at=began,
        ended_at=utc_now(),
        onhand=__version__,
        server=server,
        parts=[Part(each, sealed.taken, sealed.given, sealed.sha256) for each, sealed in ((BASE, base), (LIST, files))],
    )
    sign(vault, manifest)
    return manifest
