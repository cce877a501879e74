"""Backups by the clock: the log archived all the time, a backup and a drill when they are due, old ones forgotten.

On threads of its own, because a backup may take an hour and the other duties seconds. Several processes may keep one
each: who gets the database's replication slot archives, who gets the lock takes the backup, the others find it taken.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from prometheus_client import Counter

from onhand.core.backup import base, records, survivors, wal
from onhand.core.backup.cipher import BadKey, Damaged
from onhand.core.backup.drill import drill
from onhand.core.backup.manifests import Manifest
from onhand.core.backup.prune import prune
from onhand.core.backup.replication import ReplicationError
from onhand.core.backup.vault import NoStore, Vault, open_folder, read_key
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect
from onhand.core.settings import Settings
from onhand.flows.restored import AFTER_RESTORE

log = logging.getLogger(__name__)

DONE = Counter("onhand_backups_total", "Backups and drills, by how they ended", ["what", "outcome"])

ROUND_SECONDS = 30.0
PAUSE_AFTER_FAULT_SECONDS = 600.0
_FAULTS = (base.NotTaken, BadKey, Damaged, NoStore, ReplicationError, psycopg.Error, OSError)


def replication_url(settings: Settings, url: str) -> str:
    """The address backups are taken at: that of an account that may replicate."""
    from onhand.core.embedded.roles import as_superuser

    if settings.backup_url:
        return settings.backup_url
    return url if settings.database_url else as_superuser(url)


def open_vault(settings: Settings, *, make: bool = False) -> Vault:
    """The store the settings name, opened with the key they name; raises ``BadKey`` or ``NoStore``."""
    return open_folder(settings.backup_to, read_key(settings.backup_key, settings.backup_key_file), make=make)


class BackupKeeper:
    """Sees to backups for as long as it runs; does nothing where no store is named. Raises ``BadKey`` for no key."""

    def __init__(self, settings: Settings, url: str, *, scratch: Path | None = None) -> None:
        self._settings = settings
        if settings.backup_to:
            read_key(settings.backup_key, settings.backup_key_file)
        self._url = replication_url(settings, url)
        self._scratch = scratch
        self._archiver: wal.Archiver | None = None
        self._put_off_until = 0.0
        self._told = threading.Event()
        self._thread = threading.Thread(target=self._work, name="backups", daemon=True)

    def start(self) -> None:
        """Begin."""
        if self._settings.backup_to:
            self._thread.start()

    def stop(self, timeout: float = 30.0) -> None:
        """End. A backup under way is cut off with the process, and leaves nothing that looks like one."""
        self._told.set()
        if self._archiver:
            self._archiver.stop(timeout)
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _work(self) -> None:
        while not self._told.is_set():
            if time.monotonic() >= self._put_off_until:
                self.round()
            self._told.wait(ROUND_SECONDS)

    def round(self) -> None:
        """See to what is due; what goes wrong is put off for a while, and said."""
        try:
            vault = open_vault(self._settings, make=True)
            self._archive(vault)
            with connect(self._url, autocommit=True) as db:
                cluster = base.cluster_of(self._url)
                survivors.copy(db, vault, cluster)
                backup, exercise = self._due(db)
            if backup:
                self._take(vault, cluster)
            if exercise and not self._told.is_set():
                self._drill(vault)
        except _FAULTS as fault:
            self._put_off_until = time.monotonic() + PAUSE_AFTER_FAULT_SECONDS
            log.warning("backups wait: %s", str(fault).strip())
            if isinstance(fault, (BadKey, NoStore, Damaged)):
                self._note(records.FAILED, str(fault))

    def _archive(self, vault: Vault) -> None:
        if self._archiver is None and not self._told.is_set():
            seconds = self._settings.backup_seconds
            self._archiver = wal.Archiver(self._url, vault, seconds=seconds, on_gap=self._note_gap)
            self._archiver.start()

    def _note_gap(self, gap: wal.Gap) -> None:
        self._note(records.GAP, str(gap))

    def _note(self, kind: str, said: str) -> None:
        with suppress(psycopg.Error), connect(self._url, autocommit=True) as db:  # it is in the log already
            records.note(db, kind, {"said": said}, utc_now())

    def _due(self, db: Connection) -> tuple[bool, bool]:
        now, backup, exercise = utc_now(), records.last_backup(db), records.last_drill(db)
        every = timedelta(days=self._settings.backup_drill_every_days)
        due = _older(backup.at if backup else None, timedelta(hours=self._settings.backup_every_hours), now)
        return due, bool(every) and backup is not None and _older(exercise.at if exercise else None, every, now)

    def _take(self, vault: Vault, cluster: str) -> None:
        full_every = timedelta(days=self._settings.backup_full_every_days)
        taken = _counted("backup", lambda: base.take(self._url, vault, full_every=full_every))
        log.info("backup %s taken: %.1f MB in the store", taken.id, taken.stored_bytes / 1e6)
        forgotten = prune(vault, cluster, self._settings.backup_keep)
        if forgotten.backups:
            with connect(self._url, autocommit=True) as db:
                records.note(db, records.PRUNED, {"backups": forgotten.backups, "bytes": forgotten.bytes}, utc_now())

    def _drill(self, vault: Vault) -> None:
        outcome = drill(self._url, vault, AFTER_RESTORE, self._scratch)
        DONE.labels("drill", "done" if outcome.passed else "failed").inc()
        if not outcome.passed:
            log.error("the drill failed: %s", "; ".join(outcome.said))


def _counted(what: str, do: Callable[[], Manifest]) -> Manifest:
    try:
        done = do()
    except Exception:
        DONE.labels(what, "failed").inc()
        raise
    DONE.labels(what, "done").inc()
    return done


def _older(at: datetime | None, than: timedelta, now: datetime) -> bool:
    return at is None or now - at >= than
