"""PostgreSQL's replication protocol, in the few words a backup needs: base backups and the log as it is written.

Spoken directly, not through ``pg_basebackup`` and ``pg_receivewal``: so it needs no programs of the server's version,
and everything can be sealed in memory; those write plain files first.
"""

from __future__ import annotations

import select
import struct
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self

from psycopg import pq
from psycopg.conninfo import make_conninfo

from onhand.core.backup import lsn

SLOT = "onhand_backup"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_CONNECT_SECONDS = 10
_MANIFEST_CHUNK = 256 * 1024
_GOOD = {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK, pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_BOTH}


class ReplicationError(Exception):
    """The server did not do what was asked; ``code`` is its SQLSTATE, if it gave one."""

    def __init__(self, said: str, code: str = "") -> None:
        super().__init__(said)
        self.code = code


class SlotBusy(ReplicationError):
    """Somebody else archives the log already."""


class Identity(NamedTuple):
    """Which cluster this is, on which timeline, and how far its log is written."""

    cluster: str
    timeline: int
    place: int


class Message(NamedTuple):
    """What the server sends while the log is streamed. ``data`` begins at ``place``; empty: it only says it lives.

    ``written`` is how far its log was written at the moment ``at`` of its clock.
    """

    place: int
    written: int
    at: datetime
    data: bytes
    wants_reply: bool


class Replication:
    """One connection that speaks the protocol; raises ``ReplicationError`` throughout."""

    def __init__(self, url: str) -> None:
        address = make_conninfo(
            url,
            replication="true",
            application_name="onhand backup",
            connect_timeout=_CONNECT_SECONDS,
            keepalives_idle=30,
            tcp_user_timeout=60_000,
        )
        self._wire = pq.PGconn.connect(address.encode())
        if self._wire.status != pq.ConnStatus.OK:
            said = self._said()
            self._wire.finish()
            raise ReplicationError(f"The server does not let us replicate: {said}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.finish()

    @property
    def version(self) -> int:
        """The server's version, such as 180004."""
        return self._wire.server_version

    def identify(self) -> Identity:
        """Which cluster this is."""
        cluster, timeline, place, _ = self._row(b"IDENTIFY_SYSTEM")
        return Identity(cluster, int(timeline), lsn.parse(place))

    def file_bytes(self) -> int:
        """How large the files of the log are."""
        (said,) = self._row(b"SHOW wal_segment_size")
        number, unit = int(said[:-2]), said[-2:]
        return number * {"kB": 1024, "MB": 1024**2, "GB": 1024**3}[unit]

    def slot(self) -> int:
        """From where the server keeps the log for us; it begins to now, if it did not."""
        try:
            self._ask(f"CREATE_REPLICATION_SLOT {SLOT} PHYSICAL RESERVE_WAL".encode())
        except ReplicationError as fault:
            if fault.code != "42710":  # it is there
                raise
        _, place, _ = self._row(f"READ_REPLICATION_SLOT {SLOT}".encode())
        if not place:
            # The server has thrown away what it kept, to spare its disk: begin anew.
            self._ask(f"DROP_REPLICATION_SLOT {SLOT} WAIT".encode())
            return self.slot()
        return lsn.parse(place)

    def history(self, timeline: int) -> tuple[str, bytes]:
        """The name and the text of the file that says where a timeline branched off."""
        result = self._ask(f"TIMELINE_HISTORY {timeline}".encode())
        return (result.get_value(0, 0) or b"").decode(), result.get_value(0, 1) or b""

    def upload_manifest(self, pieces: Iterator[bytes]) -> None:
        """Tell the server what an earlier backup holds, so that the next need only hold what changed."""
        self._ask(b"UPLOAD_MANIFEST")
        for piece in pieces:
            for start in range(0, len(piece), _MANIFEST_CHUNK):
                self._wire.put_copy_data(piece[start : start + _MANIFEST_CHUNK])
        self._wire.put_copy_end()
        self._rest()

    def backup(self, label: str, *, incremental: bool) -> Backup:
        """Begin a backup; read its messages to their end."""
        return Backup(self._wire, label, incremental=incremental)

    def stream(self, place: int, timeline: int) -> None:
        """Have the log sent from a place on; then ``messages``. Raises ``SlotBusy``."""
        words = f"START_REPLICATION SLOT {SLOT} PHYSICAL {lsn.text(place)} TIMELINE {timeline}"
        self._ask(words.encode())

    def message(self, wait_seconds: float) -> Message | None:
        """The next message; None when nothing came for so long. Raises ``EOFError`` when the timeline has ended."""
        length, data = self._wire.get_copy_data(1)
        if length == 0:
            select.select([self._wire.socket], [], [], wait_seconds)
            self._wire.consume_input()
            length, data = self._wire.get_copy_data(1)
        if length == 0:
            return None
        if length < 0:
            self._ended()
        return _message(bytes(data))

    def confirm(self, place: int, *, reply: bool) -> None:
        """Say up to where the log is kept safely; ``reply``: and hear how far it is written."""
        now = int((datetime.now(UTC) - _EPOCH) / timedelta(microseconds=1))
        self._wire.put_copy_data(struct.pack("!cQQQqB", b"r", place, place, 0, now, reply))
        self._wire.flush()

    def _ended(self) -> None:
        result = self._wire.get_result()
        if result is not None and result.status == pq.ExecStatus.FATAL_ERROR:
            raise _fault(result)
        raise EOFError

    def _row(self, words: bytes) -> Sequence[str]:
        result = self._ask(words)
        return [(result.get_value(0, each) or b"").decode() for each in range(result.nfields)]

    def _ask(self, words: bytes) -> pq.abc.PGresult:
        result = self._wire.exec_(words)
        if result.status not in _GOOD:
            raise _fault(result)
        return result

    def _rest(self) -> None:
        while (result := self._wire.get_result()) is not None:
            if result.status == pq.ExecStatus.FATAL_ERROR:
                raise _fault(result)

    def _said(self) -> str:
        return self._wire.error_message.decode(errors="replace").strip()


class Backup:
    """A backup as it comes from the server: read ``pieces`` to the end, then ``end`` is known."""

    def __init__(self, wire: pq.abc.PGconn, label: str, *, incremental: bool) -> None:
        self._wire = wire
        options = [
            f"LABEL '{label}'",
            "PROGRESS true",
            "CHECKPOINT 'fast'",
            "WAL true",
            "MANIFEST 'yes'",
            "MANIFEST_CHECKSUMS 'SHA256'",
            *(["INCREMENTAL true"] if incremental else []),
        ]
        wire.send_query(f"BASE_BACKUP ({', '.join(options)})".encode())
        begun = self._result()
        self.start_lsn = (begun.get_value(0, 0) or b"").decode()
        self.timeline = int(begun.get_value(0, 1) or 0)
        spaces = self._result()
        if spaces.ntuples != 1:
            raise ReplicationError(
                "The database has tablespaces of its own folders, which `onhand backup` cannot take."
            )
        self.total_bytes = int(spaces.get_value(0, 2) or 0) * 1024
        self.end_lsn = ""
        self._result()

    def read(self, base: Callable[[bytes], None], manifest: Callable[[bytes], None]) -> None:
        """Hand the archive's bytes to the one, then those of PostgreSQL's manifest to the other."""
        take = base
        while True:
            length, data = self._wire.get_copy_data(0)
            if length < 0:
                break
            kind, rest = bytes(data[:1]), bytes(data[1:])
            if kind == b"m":
                take = manifest
            elif kind == b"d":
                take(rest)
        self.end_lsn = (self._result().get_value(0, 0) or b"").decode()
        while (result := self._wire.get_result()) is not None:
            if result.status == pq.ExecStatus.FATAL_ERROR:
                raise _fault(result)

    def _result(self) -> pq.abc.PGresult:
        result = self._wire.get_result()
        if result is None:
            raise ReplicationError("The server broke the backup off.")
        if result.status not in {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COPY_OUT}:
            raise _fault(result)
        return result


def _message(words: bytes) -> Message:
    if words[:1] == b"w":
        place, written, at = struct.unpack("!QQq", words[1:25])
        return Message(place, written, _moment(at), words[25:], wants_reply=False)
    written, at, wants_reply = struct.unpack("!QqB", words[1:18])
    return Message(0, written, _moment(at), b"", wants_reply=bool(wants_reply))


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _fault(result: pq.abc.PGresult) -> ReplicationError:
    code = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
    said = (result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or result.error_message or b"").decode()
    more = (result.error_field(pq.DiagnosticField.MESSAGE_HINT) or b"").decode()
    words = f"{said.strip()} {more}".strip()
    return SlotBusy(words, code) if code == "55006" else ReplicationError(words, code)
