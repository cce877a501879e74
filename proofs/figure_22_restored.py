"""The shop's disk is lost, and the shop is made again of its backups.

``onhand serve`` with its own database and a store for backups, as an operator runs it: it takes a first backup by
itself and archives its log. The database is filled, backed up again (what changed), a moment is named, and every table
is digested. Then somebody does what he should not have done, and more orders come in; then server and database are
killed and their folder is removed, in the midst of it.

It holds when the named moment is restored row for row and its books are in order, within five minutes a gigabyte; when
the latest moment lacks no order acknowledged more than a minute before the loss; when every file is as PostgreSQL wrote
it and every page agrees with its checksum; and when another key opens nothing.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from pathlib import Path

import msgspec
import uvloop

from onhand.core.asks import Ask
from onhand.core.backup.cipher import Key
from onhand.core.database import Connection, connect
from onhand.core.embedded import start
from onhand.core.embedded.roles import as_superuser
from onhand.core.refusals import refused
from onhand.flows import commands as c
from proofs.clients import Callers
from proofs.figures import Figure, broken, own_server, worst, writers
from proofs.stall import Stall, set_up
from serving import COMMAND, environment, free_port, serving

TITLE = "restored: a named point, row for row; what a lost disk costs"
LONGEST_SECONDS_A_GIGABYTE, MOST_LOST_SECONDS = 300.0, 60.0
BATCH, PEOPLE = 500, 8
LONGEST_COMMAND_SECONDS = 1800.0
POINT = "before-the-act"

Digest = dict[str, tuple[int, int]]


@dataclass
class Seen:
    """What happened before the loss, and what came of the restores."""

    gigabytes: float = 0.0
    acknowledged: dict[int, float] = field(default_factory=dict)
    lost_at: float = 0.0
    before: Digest = field(default_factory=dict)
    steady: set[str] = field(default_factory=set)
    last_event: int = 0
    faults: list[str] = field(default_factory=list)
    rto: float = 0.0
    rpo: float = 0.0
    compared: int = 0
    said: list[str] = field(default_factory=list)


def prove(short: bool) -> Figure:
    """A gigabyte; in short thirty-five megabytes."""
    seen = Seen()
    store = Path(tempfile.mkdtemp(prefix="onhand-proof-"))
    store.chmod(0o755)
    settings = {
        "ONHAND_BACKUP_TO": str(store / "store"),
        "ONHAND_BACKUP_KEY": Key.make(),
        "ONHAND_BACKUP_SECONDS": "2" if short else "10",
        "ONHAND_BACKUP_DRILL_EVERY_DAYS": "0",
        # A shop of its own: who was erased elsewhere was never known here.
        "ONHAND_TOMBSTONES": str(store / "erasures.jsonl"),
    }
    try:
        with own_server() as server:
            folder, stall, url = server.folder, set_up(server.url), server.url
            server.stop()  # from here on it is the served process's to run
            _live_and_lose(folder, url, stall, settings, 0.035 if short else 1.0, 2.0 if short else 40.0, seen)
        _restore(store, settings, seen)
    finally:
        shutil.rmtree(store, ignore_errors=True)
    allowed = LONGEST_SECONDS_A_GIGABYTE * max(1.0, seen.gigabytes)
    passed = not seen.faults and seen.rto <= allowed and seen.rpo <= MOST_LOST_SECONDS and len(seen.acknowledged) > 0
    said = (
        f"{seen.gigabytes:.2f} GB; the point restored and proven in {seen.rto:.0f} s, {seen.compared} tables row for"
        f" row, {', '.join(seen.said)}; of {len(seen.acknowledged):,} orders acknowledged up to the loss those of the"
        f" last {seen.rpo:.1f} s were lost; another key opens nothing{worst(seen.faults)}"
    )
    return Figure(22, TITLE, passed=passed, figure=said)


def _live_and_lose(
    folder: Path, url: str, stall: Stall, settings: dict[str, str], gigabytes: float, seconds: float, seen: Seen
) -> None:
    port = free_port()
    with serving("serve", port=port, ONHAND_DATA=str(folder), **settings) as served:
        _until_backed_up(settings)
        _fill(url, stall, gigabytes)
        _must("backup", "now", ONHAND_DATA=str(folder), **settings)
        _fill(url, stall, gigabytes * 1.05)
        with connect(as_superuser(url), autocommit=True) as db:
            db.execute("SET statement_timeout = 0")
            seen.gigabytes = float(db.execute("SELECT pg_database_size(current_database()) / 1e9").fetchone()[0])  # type: ignore[index]
            (seen.last_event,) = db.execute("SELECT max(seq) FROM core_event").fetchone() or (0,)
            seen.before = _digest(db, seen.last_event)
            _must("backup", "point", POINT, ONHAND_DATA=str(folder), **settings)
            after = _digest(db, seen.last_event)
            # Housekeeping moves its own marks; what it did not touch must be the very same.
            seen.steady = {table for table, digest in after.items() if seen.before[table] == digest}
            db.execute("DELETE FROM core_answer")
            db.execute("UPDATE stock_balance SET quantity = quantity + 1")
        with connect(as_superuser(url), autocommit=True) as db:
            db.execute("UPDATE stock_balance SET quantity = quantity - 1")
        uvloop.run(_sell(port, stall, seconds, seen))
        postmaster = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
        seen.lost_at = time.time()
        served.kill()
        os.kill(postmaster, signal.SIGKILL)
    shutil.rmtree(folder / "postgres", ignore_errors=True)


def _until_backed_up(settings: dict[str, str]) -> None:
    end = time.monotonic() + 120
    while not _listed(listing := _run("backup", "list", "--json", **settings)):
        if time.monotonic() > end:
            raise TimeoutError(f"the served process takes no backup: {listing.stderr.strip()}")
        time.sleep(0.3)


def _listed(listing: subprocess.CompletedProcess[str]) -> bool:
    """Whether backups are listed. Before the first there is no store, and to ask for its list is a fault."""
    return listing.returncode == 0 and bool(msgspec.json.decode(listing.stdout)["backups"])


def _run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command as an operator gives it; at full size some take minutes."""
    return subprocess.run(
        [*COMMAND, *words],
        env=environment(None, **settings),
        capture_output=True,
        text=True,
        timeout=LONGEST_COMMAND_SECONDS,
        check=False,
    )


def _must(*words: str, **settings: str) -> str:
    """What a command says; raises ``ValueError`` with its fault when it fails."""
    done = _run(*words, **settings)
    if done.returncode:
        raise ValueError(f"onhand {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _fill(url: str, stall: Stall, gigabytes: float) -> None:
    """Orders of two lines, in bulk, until the database is so large."""
    numbers = count(int(time.time() * 1000) % 10**9 * 1000)
    with writers(url) as at_work, connect(url, autocommit=True) as db:
        while db.execute("SELECT pg_database_size(current_database())").fetchone()[0] < gigabytes * 1e9:  # type: ignore[index]
            asked = [writer.submit([_order(stall, next(numbers)) for _ in range(BATCH)]) for writer in at_work]
            if faults := [answer for each in asked for answer in each.result(60) if refused(answer)]:
                raise ValueError(faults[0].detail)


def _order(stall: Stall, number: int) -> Ask[c.PlaceOrder]:
    lines = [c.WantedLine(stall.skus[(number * prime) % len(stall.skus)], Decimal(1)) for prime in (7919, 7927)]
    order = c.PlaceOrder("market", f"F{number}", lines)
    return Ask(order, "person/filler", order.natural_key())


async def _sell(port: int, stall: Stall, seconds: float, seen: Seen) -> None:
    callers, numbers, end = Callers(port), count(), time.time() + seconds

    async def customer() -> None:
        while time.time() < end:
            number = next(numbers)
            if (await callers.ask(stall.order(number))).status == 201:
                seen.acknowledged[number] = time.time()
            await asyncio.sleep(0.02)

    await asyncio.gather(*(customer() for _ in range(PEOPLE)))
    callers.close()


def _digest(db: Connection, last_event: int) -> Digest:
    """Of every table how many rows and a digest of every letter in them; of the log, as far as it went then."""
    tables = [name for (name,) in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    found = {}
    for table in tables:
        only = f" WHERE seq <= {last_event}" if table == "core_event" else ""
        row = db.execute(
            f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {table} AS t{only}"
        ).fetchone()
        found[table] = (int(row[0]), int(row[1])) if row else (0, 0)
    return found


def _restore(store: Path, settings: dict[str, str], seen: Seen) -> None:
    _must("backup", "verify", **settings)
    _other_key(store, settings, seen)
    if not seen.faults:
        told = msgspec.json.decode(
            _must("restore", "--to-point", POINT, "--into", str(store / "point"), "--json", **settings)
        )
        seen.rto, seen.said = told["rto_seconds"], told["said"]
        with _opened(store / "point") as db:
            db.execute("SET statement_timeout = 0")
            there = _digest(db, seen.last_event)
            seen.compared = len(seen.steady)
            seen.faults += [f"{table} is not as it was" for table in seen.steady if there[table] != seen.before[table]]
            seen.faults += broken(db)
        _must("restore", "--latest", "--into", str(store / "latest"), "--json", **settings)
        with _opened(store / "latest") as db:
            rows = db.execute("SELECT number FROM orders_order WHERE number LIKE 'N%'")
            kept = {int(number[1:]) for (number,) in rows}
        lost = [at for number, at in seen.acknowledged.items() if number not in kept]
        seen.rpo = seen.lost_at - min(lost) if lost else 0.0


def _other_key(store: Path, settings: dict[str, str], seen: Seen) -> None:
    other = {**settings, "ONHAND_BACKUP_KEY": Key.make()}
    done = _run("restore", "--latest", "--into", str(store / "other"), **other)
    if done.returncode != 1 or "does not open" not in done.stderr or (store / "other").exists():
        seen.faults.append(f"another key was not refused: {done.stdout} {done.stderr}")
    for path in (store / "store").rglob("*"):
        if path.is_file() and b"goods-1" in path.read_bytes():
            seen.faults.append(f"{path.name} can be read by anybody")


@contextmanager
def _opened(folder: Path) -> Iterator[Connection]:
    with start(folder) as server, connect(server.admin_url) as db:
        yield db
