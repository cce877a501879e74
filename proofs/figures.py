"""What a proof hands back, how proofs are found, and the stage they play on.

The stage is a PostgreSQL of this run's own, with fsync on as in real life. Each proof gets an empty database in it,
copied from one that was migrated once; a proof that kills servers starts one for itself (``own_server``).
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from onhand.access.privacy.masters import made
from onhand.core.database import Connection, connect
from onhand.core.embedded import Server, start
from onhand.core.writer import Writer
from onhand.flows.registry import FLOWS
from onhand.orders import queries as orders
from onhand.stock import queries as stock

T = TypeVar("T")

# Of this run alone: what proofs seal is opened by nobody afterwards, and nobody's data folder is touched.
if "ONHAND_FIELD_KEYS" not in os.environ:
    os.environ["ONHAND_FIELD_KEYS"] = made()
if "ONHAND_TOMBSTONES" not in os.environ:
    os.environ["ONHAND_TOMBSTONES"] = str(Path(tempfile.mkdtemp(prefix="onhand-proof-")) / "erasures.jsonl")

_MIGRATE = "import sys; from onhand.doors.cli.schema import migrate; migrate(sys.argv[1])"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Figure:
    """What was shown: whether it holds, and the figure in words."""

    number: int
    title: str
    passed: bool
    figure: str

    def line(self) -> str:
        """As it is printed: the verdict first."""
        return f"{'PASS' if self.passed else 'FAIL'} {self.number:>2}  {self.title}: {self.figure}"


Prove = Callable[[bool], Figure]


def find() -> dict[int, Prove]:
    """Every proof there is, by number: the modules of this package named ``figure_NN_…``."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("figure_*.py"))
    return {int(name.split("_")[1]): _prover(name) for name in names}


def _prover(name: str) -> Prove:
    def prove(short: bool) -> Figure:
        try:
            found: Figure = import_module(f"proofs.{name}").prove(short)
        except Exception as fault:  # noqa: BLE001 - a proof that breaks has not proven anything, and the next one must still run
            title = " ".join(name.split("_")[2:])
            return Figure(int(name.split("_")[1]), title, passed=False, figure=f"{type(fault).__name__}: {fault}")
        return found

    return prove


@contextmanager
def own_server() -> Iterator[Server]:
    """A server of the proof's own, migrated, in a folder that goes with it; for those who kill servers."""
    # Not a TemporaryDirectory: at the end of the process that one would go before the server in it.
    folder = Path(tempfile.mkdtemp(prefix="onhand-proof-"))
    # When root runs the proofs, the server's account must be able to enter.
    folder.chmod(0o755)
    try:
        with start(folder) as server:
            _migrate(server.url)
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _migrate(url: str) -> None:
    # A process of its own: Django knows one database a process, and this one may be at home in another.
    environment = {**os.environ, "DATABASE_URL": url}
    subprocess.run([sys.executable, "-c", _MIGRATE, url], env=environment, check=True, timeout=120)


@cache
def _stage() -> Server:
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(own_server())


@contextmanager
def fresh_database() -> Iterator[str]:
    """The address of an empty database; fsync and synchronous_commit are on."""
    server, name = _stage(), f"proof_{os.getpid()}_{next(_numbers)}"
    with connect(server.admin_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE onhand OWNER onhand")
    try:
        yield server.url.replace("/onhand?", f"/{name}?")
    finally:
        with connect(server.admin_url, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def writers(url: str, number: int = 2, **facts: Any) -> Iterator[list[Writer]]:
    """So many writers on one database, so that the locks and not one queue do the work."""
    started = [Writer(lambda: connect(url), FLOWS, **facts) for _ in range(number)]
    for writer in started:
        writer.start()
    try:
        yield started
    finally:
        for writer in started:
            writer.stop()


def crowd(people: int, deed: Callable[[int], T], times: int) -> list[T]:
    """Let so many people, all at once, do a thing so many times in all; what each time brought, in order."""
    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(deed, range(times)))


def broken(db: Connection) -> list[str]:
    """Every invariant of the ledger and of orders that does not hold, in words; empty when the books are in order."""
    db.rollback()
    ledger = [f"{each.invariant} ({each.count}): {each.example}" for each in stock.check(db)]
    promises = [f"{name} ({number}): {example}" for name, number, example in orders.check(db)]
    db.rollback()
    return ledger + promises


def worst(faults: Sequence[str]) -> str:
    """The first of what went wrong, short enough for one line; empty when nothing did."""
    return f"; first fault: {faults[0][:300]}" if faults else ""
