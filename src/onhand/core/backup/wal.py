"""The log of changes, archived while it is written, so that any moment can be restored.

The server streams its log to us, as to a standby. Each part is sealed and in the store within seconds (not only when a
file of 16 MB is full), and only then confirmed; a replication slot keeps the server from forgetting what is not. When
one of its files is complete, its parts are put together. An object is named for what it holds:

    CLUSTER/wal/TIMELINE/FILE/FROM-TO     bytes FROM to TO of that file, hexadecimal
    CLUSTER/wal/TIMELINE.history          where the timeline branched off, once there is more than one
    CLUSTER/wal/reach                     up to which moment everything committed is there
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple

import msgspec
import psycopg

from onhand.core.backup import lsn
from onhand.core.backup.replication import Message, Replication, ReplicationError, SlotBusy
from onhand.core.backup.vault import Vault

log = logging.getLogger(__name__)

SECONDS = 10.0
PAUSE_SECONDS = 2.0
SECONDS_TO_LEAVE = 5.0
_REMOVED = "58P01"


class Piece(NamedTuple):
    """A part of one of the log's files, as it is kept: from one byte of the file to another."""

    timeline: int
    file: str
    start: int
    end: int
    name: str


class Reach(msgspec.Struct, frozen=True):
    """Everything committed before ``at`` (by the server's clock) lies before ``place``, and is in the store."""

    timeline: int
    place: int
    at: datetime


class Gap(NamedTuple):
    """What of the log is missing, from one place to another."""

    timeline: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"the log from {lsn.text(self.start)} to {lsn.text(self.end)} (timeline {self.timeline}) is missing"


def pieces(vault: Vault, cluster: str, timeline: int | None = None) -> Iterator[Piece]:
    """What is kept of the log (of one timeline), in order."""
    under = f"{cluster}/wal" if timeline is None else f"{cluster}/wal/{timeline:08X}"
    yield from _pieces(vault, under)


def _pieces(vault: Vault, under: str) -> Iterator[Piece]:
    for name in vault.store.names(under):
        parts = name.split("/")
        if len(parts) == 5:
            start, end = (int(each, 16) for each in parts[4].split("-"))
            yield Piece(int(parts[2], 16), parts[3], start, end, name)


def number_of(piece: Piece, size: int) -> int:
    """The number of the file a piece is of."""
    return lsn.file_number(piece.file, size)


def spans(vault: Vault, cluster: str, timeline: int, size: int) -> list[tuple[int, int]]:
    """The stretches of a timeline that are kept without a gap; ``size`` is that of the log's files."""
    found: list[tuple[int, int]] = []
    for piece in pieces(vault, cluster, timeline):
        base = lsn.file_number(piece.file, size) * size
        start, end = base + piece.start, base + piece.end
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def gaps(vault: Vault, cluster: str, timeline: int, size: int, start: int, end: int | None = None) -> list[Gap]:
    """What is missing of a timeline from a place on, up to another or to the end of what is kept."""
    missing, reached = [], start
    for first, last in spans(vault, cluster, timeline, size):
        if last <= reached or (end is not None and first >= end):
            continue
        if first > reached:
            missing.append(Gap(timeline, reached, first))
        reached = last
    if end is not None and reached < end:
        missing.append(Gap(timeline, reached, end))
    return missing


def reach(vault: Vault, cluster: str) -> Reach | None:
    """How far the archive reaches."""
    return vault.note(f"{cluster}/wal/reach", Reach)


def histories(vault: Vault, cluster: str) -> list[str]:
    """The names of the objects that say where timelines branched off."""
    return [name for name in vault.store.names(f"{cluster}/wal") if name.endswith(".history")]


def fetch(vault: Vault, file: list[Piece], size: int, out: BinaryIO) -> None:
    """Put one of the log's files together from its pieces; what is not written yet is zeros, as PostgreSQL wants it."""
    out.writelines(_joined(vault, file))
    out.truncate(size)


def _joined(vault: Vault, file: list[Piece]) -> Iterator[bytes]:
    """The bytes of adjoining pieces, each byte once though pieces overlap."""
    reached = 0
    for piece in sorted(file, key=lambda each: (each.start, -each.end)):
        skip = reached - piece.start
        if piece.end <= reached:
            continue
        for words in vault.unseal(piece.name):
            yield words[skip:] if skip > 0 else words
            skip = max(0, skip - len(words))
        reached = piece.end


class Archiver:
    """One thread that archives the log; while another process does, it stands by."""

    def __init__(
        self, url: str, vault: Vault, *, seconds: float = SECONDS, on_gap: Callable[[Gap], None] | None = None
    ) -> None:
        self.cluster = ""
        self.kept = 0
        self.active = False
        self.fault = ""
        self._url = url
        self._vault = vault
        self._seconds = seconds
        self._on_gap = on_gap
        self._told = threading.Event()
        self._thread = threading.Thread(target=self._work, name="archiver", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout: float = 30.0) -> None:
        """End; what was received is kept first."""
        self._told.set()
        self._thread.join(timeout)

    def _work(self) -> None:
        while not self._told.is_set():
            try:
                with Replication(self._url) as wire:
                    _Stream(wire, self._vault, self).run()
                    self.fault = ""
            except SlotBusy:
                self.fault = ""
            except (ReplicationError, psycopg.Error, OSError) as fault:
                if str(fault) != self.fault:
                    log.warning("the log is not archived just now: %s", fault)
                self.fault = str(fault)
            except Exception as fault:  # whatever it was, the log must go on being archived
                log.exception("archiving the log failed")
                self.fault = str(fault)
            self.active = False
            self._told.wait(PAUSE_SECONDS)

    @property
    def told(self) -> bool:
        """Whether it is to end."""
        return self._told.is_set()

    @property
    def seconds(self) -> float:
        """For how long what was received may wait to be kept."""
        return self._seconds

    def tell_gap(self, gap: Gap) -> None:
        """Say that something is lost for the archive."""
        log.error("the archive has a gap: %s; take a backup to be able to restore what comes after it", gap)
        if self._on_gap:
            self._on_gap(gap)


class _Stream:
    """One connection's worth of archiving."""

    def __init__(self, wire: Replication, vault: Vault, owner: Archiver) -> None:
        self._wire = wire
        self._vault = vault
        self._owner = owner
        self._cluster, self._timeline, _ = wire.identify()
        self._size = wire.file_bytes()
        self._waiting = bytearray()
        self._since = 0.0
        self._kept = 0
        self._seen: tuple[int, datetime] = (0, datetime.min.replace(tzinfo=UTC))
        self._noted: tuple[int, float] = (-1, 0.0)
        owner.cluster = self._cluster

    @property
    def _received(self) -> int:
        return self._kept + len(self._waiting)

    def run(self) -> None:
        """Archive until told to stop or until the timeline ends."""
        slot = self._wire.slot()
        self._keep_history()
        self._begin(slot)
        self._owner.active, self._owner.kept = True, self._kept
        self._wire.confirm(self._kept, reply=True)
        heard = time.monotonic()
        try:
            while not self._owner.told:
                message = self._wire.message(min(0.5, self._owner.seconds))
                if message:
                    self._take(message)
                self._flush_in_time()
                if time.monotonic() - heard > self._owner.seconds:
                    heard = time.monotonic()
                    self._wire.confirm(self._kept, reply=True)
            self._catch_up()
        except EOFError:
            log.info("the server's log goes on elsewhere, on another timeline or later")
        finally:
            self._flush()
            self._note_reach(anyway=True)

    def _catch_up(self) -> None:
        """Before leaving, take in what the server has written by now, if it is quick about it."""
        self._wire.confirm(self._kept, reply=True)
        end = time.monotonic() + SECONDS_TO_LEAVE
        while (left := end - time.monotonic()) > 0:
            message = self._wire.message(left)
            if message:
                self._take(message)
            if message and not message.data and self._received >= message.written:
                return

    def _keep_history(self) -> None:
        name = f"{self._cluster}/wal/{self._timeline:08X}.history"
        if self._timeline > 1 and name not in histories(self._vault, self._cluster):
            _, words = self._wire.history(self._timeline)
            with self._vault.seal(name) as sealed:
                sealed.write(words)

    def _begin(self, slot: int) -> None:
        """Go on where the store ends, or as early as the server can; say so when something lies between."""
        kept = spans(self._vault, self._cluster, self._timeline, self._size)
        earliest = slot - slot % self._size
        if kept:
            try:
                self._wire.stream(kept[-1][1], self._timeline)
            except ReplicationError as fault:
                if fault.code != _REMOVED:
                    raise
                self._owner.tell_gap(Gap(self._timeline, kept[-1][1], earliest))
            else:
                self._kept = kept[-1][1]
                return
        elif (branched := self._branched()) is not None:
            try:
                self._kept = branched - branched % self._size
                self._wire.stream(self._kept, self._timeline)
            except ReplicationError as fault:
                if fault.code != _REMOVED:
                    raise
            else:
                return
        self._kept = earliest
        self._wire.stream(self._kept, self._timeline)

    def _branched(self) -> int | None:
        """Where this timeline left the one before; nothing on the first."""
        if self._timeline == 1:
            return None
        words = b"".join(self._vault.unseal(f"{self._cluster}/wal/{self._timeline:08X}.history")).decode()
        lines = [line.split() for line in words.splitlines() if line.strip() and not line.startswith("#")]
        return lsn.parse(lines[-1][1])

    def _take(self, message: Message) -> None:
        if message.data:
            if message.place != self._received:
                raise ReplicationError(f"The server sent {lsn.text(message.place)}, not {lsn.text(self._received)}.")
            if not self._waiting:
                self._since = time.monotonic()
            self._waiting += message.data
            while self._kept % self._size + len(self._waiting) >= self._size:
                self._flush(self._size - self._kept % self._size)
        if self._received >= message.written:
            self._seen = (message.written, message.at)
        if message.wants_reply:
            # The server may be shutting down, and wait for us to have everything.
            self._flush()
        self._note_reach()

    def _flush_in_time(self) -> None:
        if self._waiting and time.monotonic() - self._since >= self._owner.seconds:
            self._flush()
            self._note_reach()

    def _flush(self, most: int | None = None) -> None:
        """Keep what waits, or so much of it; never more than belongs to one file."""
        words = bytes(self._waiting if most is None else self._waiting[:most])
        if not words:
            return
        start = self._kept % self._size
        file = lsn.file_name(self._timeline, self._kept // self._size, self._size)
        under = f"{self._cluster}/wal/{self._timeline:08X}/{file}"
        with self._vault.seal(f"{under}/{start:08X}-{start + len(words):08X}") as sealed:
            sealed.write(words)
        del self._waiting[: len(words)]
        self._since = time.monotonic()
        self._kept += len(words)
        self._owner.kept = self._kept
        if self._kept % self._size == 0 and start:
            self._put_together(file)
        self._wire.confirm(self._kept, reply=False)

    def _put_together(self, file: str) -> None:
        under = f"{self._cluster}/wal/{self._timeline:08X}/{file}"
        parts, reached = list(_pieces(self._vault, under)), 0
        for part in parts:
            if part.start > reached:
                return  # what lies before was never received
            reached = max(reached, part.end)
        whole = f"{under}/{0:08X}-{self._size:08X}"
        with self._vault.seal(whole) as sealed:
            for words in _joined(self._vault, parts):
                sealed.write(words)
        for part in parts:
            self._vault.store.remove(part.name)

    def _note_reach(self, *, anyway: bool = False) -> None:
        """Say how far the archive reaches, every few seconds: the moment of the last message of which all is kept."""
        place, at = self._seen
        if self._kept < place or place == 0:
            return
        noted_place, noted_at = self._noted
        if anyway or place > noted_place or time.monotonic() - noted_at >= self._owner.seconds:
            self._noted = (place, time.monotonic())
            self._vault.keep(f"{self._cluster}/wal/reach", Reach(self._timeline, place, at))


@contextmanager
def archiving(url: str, vault: Vault, *, seconds: float = 1.0) -> Iterator[Archiver]:
    """Archive for as long as the block lasts, unless somebody else does."""
    archiver = Archiver(url, vault, seconds=seconds)
    archiver.start()
    try:
        yield archiver
    finally:
        archiver.stop()


def wait_until_kept(vault: Vault, cluster: str, place: int, patience_seconds: float = 60.0) -> bool:
    """Wait until the archive reaches a place, whoever archives; False when it takes longer than that."""
    end = time.monotonic() + patience_seconds
    while time.monotonic() < end:
        found = reach(vault, cluster)
        if found and found.place >= place:
            return True
        time.sleep(0.1)
    return False
