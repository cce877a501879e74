"""Making a database of backups again, in a new folder, as it was at any moment since the first of them.

It is made beside its place and moved there when all is well: a restore that was cut off leaves nothing that looks
whole. What was in the place before is never removed, only moved aside, and only when that was asked for.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg

from onhand.core.backup import engine, lsn, records, sheaves, soundness, wal
from onhand.core.backup.engine import Died, Engine
from onhand.core.backup.manifests import Manifest
from onhand.core.backup.plan import NotPossible, Plan, Target, plan
from onhand.core.backup.survivors import Survivor, survivors
from onhand.core.backup.vault import Vault
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect
from onhand.core.embedded.accounts import give_away
from onhand.core.embedded.processes import lives

PLACE, MAKING, LOG, WORDS = "postgres", "postgres.restoring", "postgres.wal", "postgres-restore.log"
# A shop's day of log is replayed in minutes; a server that says nothing at all is given up much sooner.
RECOVERY_SECONDS = 6 * 3600.0
START_SECONDS = 600.0
LOOK_SECONDS = 0.1
NOT_REACHED = "recovery ended before configured recovery target was reached"
LINKS_SINCE = 18


@dataclass(frozen=True)
class Step:
    """Something to be done to a database that was restored, before anybody may use it; says what it did.

    ``do`` may raise: then the restore has failed, and the folder is left unfinished.
    """

    name: str
    do: Callable[[Connection, Restored], str]


@dataclass
class Restored:
    """What came of it."""

    target: Target
    backup: Manifest
    folder: Path
    reach: datetime | None
    # What must be done again, though the database restored may not know of it; see ``survivors``.
    survivors: list[Survivor] = field(default_factory=list)
    reached: datetime | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def rto_seconds(self) -> float:
        """From the beginning to a database that was proven to be in order."""
        return sum(self.seconds.values())


# Hears what is being done, and how much of how much is.
Hear = Callable[[str, int, int], None]


def unheard(_what: str, _done: int, _total: int) -> None:
    """Progress nobody looks at."""


def restore(
    vault: Vault,
    into: Path,
    target: Target,
    steps: Sequence[Step] = (),
    *,
    replace: bool = False,
    hear: Hear = unheard,
) -> Restored:
    """Restore into a folder: afterwards it is one of the embedded server's, or ``FOLDER/postgres`` a cluster to move.

    Raises ``NotPossible``, ``Damaged``, ``NoPrograms``, ``Died`` or ``Unsound``, each with a sentence.
    """
    planned = plan(vault, target)
    where = engine.programs(planned.last.server.major)
    into = into.expanduser().resolve()
    _must_be_free(into, replace=replace)
    into.mkdir(mode=0o755, parents=True, exist_ok=True)
    _must_fit(into, planned)
    for remains in (MAKING, LOG):
        shutil.rmtree(into / remains, ignore_errors=True)
    reach, survived = planned.reach.at if planned.reach else None, survivors(vault, planned.last.cluster)
    restored = Restored(target, planned.last, into, reach, survived)
    making = into / MAKING
    with _timed(restored, "backups read"):
        _lay_out(vault, planned, where, making, hear)
    with _timed(restored, "log read"):
        _lay_out_log(vault, planned, into / LOG, hear)
    try:
        _recover(planned, where, restored, making, steps, hear)
    except Died as fault:
        raise Died(_in_words(str(fault), planned)) from fault
    with _timed(restored, "pages checked"):
        hear("Checking every page", 0, 0)
        restored.said.insert(0, soundness.pages(where, into, making))
        engine.run(into, making, where / "initdb", "--sync-only", "-D", making)
    shutil.rmtree(into / LOG, ignore_errors=True)
    (into / WORDS).unlink(missing_ok=True)
    _move_in(making, into / PLACE)
    return restored


class _timed:  # noqa: N801 - it reads as a word
    def __init__(self, restored: Restored, what: str) -> None:
        self._restored, self._what = restored, what

    def __enter__(self) -> None:
        self._since = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._restored.seconds[self._what] = time.monotonic() - self._since


# Where it goes


def _must_be_free(into: Path, *, replace: bool) -> None:
    """A folder without a database, or one whose database stands still and may be moved aside."""
    cluster = into / PLACE
    if lives(into / MAKING):
        raise NotPossible(f"A restore into {into} is under way, or its server was left behind: end that first.")
    if not cluster.exists():
        if (into / "PG_VERSION").exists():
            raise NotPossible(f"{into} is a database's own folder: restore into another one, and move it there.")
        return
    if lives(cluster):
        raise NotPossible(f"A database runs in {into}: stop it first, or restore into another folder.")
    if not replace:
        raise NotPossible(
            f"There is a database in {into}: restore into another folder, or say --replace, which moves it aside."
        )


def _must_fit(into: Path, planned: Plan) -> None:
    """An increment is put together beside its full backup: for a while both are there."""
    need = sum(each.plain_bytes for each in planned.chain) + planned.last.server.wal_file_bytes * _files(planned)
    if len(planned.chain) > 1 and planned.last.server.major < LINKS_SINCE:
        need += planned.chain[0].plain_bytes
    free = shutil.disk_usage(into).free
    if need > free:
        raise NotPossible(
            f"Restoring needs {need / 1e9:.1f} GB, and {into} has {free / 1e9:.1f}: "
            "free some, or choose another folder."
        )


def _files(planned: Plan) -> int:
    return len({(each.timeline, each.file) for each in planned.log})


def _move_in(making: Path, place: Path) -> None:
    if place.exists():
        place.rename(place.with_name(f"{PLACE}.before-{utc_now():%Y%m%dT%H%M%S}"))
    making.rename(place)


# What is laid out


def _lay_out(vault: Vault, planned: Plan, where: Path, making: Path, hear: Hear) -> None:
    total = sum(each.plain_bytes for each in planned.chain)
    if len(planned.chain) == 1:
        making.mkdir(mode=0o700)
        sheaves.lay_out(vault, planned.last, making, lambda done: hear("Reading the backup", done, total))
        return
    parts, before = [], 0
    for number, each in enumerate(planned.chain):
        part = making.with_name(f"{MAKING}.{number}")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        sheaves.lay_out(vault, each, part, lambda done, so_far=before: hear("Reading backups", so_far + done, total))  # type: ignore[misc]
        parts.append(part)
        before += each.plain_bytes
    hear("Putting them together", 0, 0)
    links = ["--link"] if planned.last.server.major >= LINKS_SINCE else []
    for part in parts:
        give_away(part)
    making.mkdir(mode=0o700)
    give_away(making)
    engine.run(making.parent, making, where / "pg_combinebackup", *links, "-N", *parts, "-o", making)
    for part in parts:
        shutil.rmtree(part)


def _lay_out_log(vault: Vault, planned: Plan, folder: Path, hear: Hear) -> None:
    """The log's files as the server asks for them, and the files that say where timelines branched off."""
    folder.mkdir(mode=0o700)
    size = planned.last.server.wal_file_bytes
    total = _files(planned)
    for done, ((_, name), pieces) in enumerate(groupby(planned.log, key=lambda each: (each.timeline, each.file))):
        hear("Reading the log", done * size, total * size)
        with (folder / name).open("wb") as out:
            wal.fetch(vault, list(pieces), size, out)
    for name in wal.histories(vault, planned.last.cluster):
        (folder / name.rpartition("/")[2]).write_bytes(b"".join(vault.unseal(name)))
    give_away(folder)


# The server's own part


def _recover(planned: Plan, where: Path, restored: Restored, making: Path, steps: Sequence[Step], hear: Hear) -> None:
    """Replay, then look and do what is to be done while nobody else can come in."""
    (making / "recovery.signal").touch(mode=0o600)
    (making / "standby.signal").unlink(missing_ok=True)
    give_away(making)
    try:
        _replay_and_look(planned, _aim(planned), where, restored, making, steps, hear)
    except Died as fault:
        # Nothing was committed after that moment, and the archive reaches beyond it: so the end of the log is it.
        if planned.target.moment is None or NOT_REACHED not in str(fault):
            raise
        _replay_and_look(planned, {}, where, restored, making, steps, hear)


def _aim(planned: Plan) -> dict[str, str]:
    if planned.target.moment:
        return {"recovery_target_time": planned.target.moment.isoformat()}
    if planned.target.backup:
        return {"recovery_target": "immediate"}
    return {"recovery_target_name": planned.target.point} if planned.target.point else {}


def _replay_and_look(
    planned: Plan,
    aim: dict[str, str],
    where: Path,
    restored: Restored,
    making: Path,
    steps: Sequence[Step],
    hear: Hear,
) -> None:
    server, since = planned.last.server, time.monotonic()
    options = {
        **server.settings,
        **aim,
        "restore_command": f"cp {_quoted(restored.folder / LOG)}/%f %p",
        "recovery_target_action": "promote",
        "recovery_target_timeline": _timeline(planned),
    }
    with engine.running(where, making, options, restored.folder / WORDS) as running:
        hear("Replaying the log", 0, 0)
        running.wait_until_it_answers(server.user, server.database, START_SECONDS)
        with connect(running.url(server.user, server.database), autocommit=True) as db:
            db.execute("SET statement_timeout = 0")
            _wait_until_promoted(db, running)
            restored.reached = _last_commit(db)
            restored.seconds["log replayed"] = time.monotonic() - since
            with _timed(restored, "database looked through"):
                hear("Looking through tables and indexes", 0, 0)
                restored.said += soundness.look(db)
            with _timed(restored, "books and steps"):
                for step in steps:
                    hear(step.name, 0, 0)
                    restored.said.append(f"{step.name}: {step.do(db, restored)}")
                _note(db, restored)


def _quoted(path: Path) -> str:
    # Percent signs mean something to the server, quotes to the shell it asks.
    return "'" + str(path).replace("%", "%%").replace("'", "'\\''") + "'"


def _timeline(planned: Plan) -> str:
    """The one the archive is on, or the point is: not one some copy may have branched off since."""
    if planned.point:
        return str(planned.point.timeline)
    newest = max((each.timeline for each in planned.log), default=planned.last.timeline)
    wanted = planned.reach.timeline if planned.reach else newest
    return str(max(wanted, planned.last.timeline))


def _wait_until_promoted(db: Connection, running: Engine) -> None:
    end = time.monotonic() + RECOVERY_SECONDS
    while time.monotonic() < end:
        try:
            if db.execute("SELECT pg_is_in_recovery()").fetchone() == (False,):
                return
        except psycopg.OperationalError as fault:
            time.sleep(LOOK_SECONDS)
            running.must_live()
            raise Died(str(fault)) from fault
        time.sleep(LOOK_SECONDS)
    raise Died(f"The log was not replayed within {RECOVERY_SECONDS / 3600:.0f} hours.")


def _last_commit(db: Connection) -> datetime | None:
    row = db.execute("SELECT pg_last_xact_replay_timestamp()").fetchone()
    return row[0] if row else None


def _note(db: Connection, restored: Restored) -> None:
    (there,) = db.execute("SELECT to_regclass('core_event') IS NOT NULL").fetchone() or (False,)
    if there:
        told: dict[str, Any] = {"to": restored.target.words, "backup": restored.backup.id, "said": restored.said}
        records.note(db, records.RESTORED, told, utc_now())


def _in_words(said: str, planned: Plan) -> str:
    if NOT_REACHED in said:
        return f"The log does not reach {planned.target.words}: some of it is missing, or on another timeline."
    quoted = " ".join(line for line in said.strip().splitlines()[-6:])
    return f"PostgreSQL could not recover from {planned.last.id} (log from {lsn.text(planned.last.start)}): {quoted}"
