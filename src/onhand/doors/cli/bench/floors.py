"""What the database alone can do: pgbench, on tables shaped like the ledger's, without HTTP and without Python.

``floor_tx`` writes an order of two lines in a transaction of its own, as a program without the writer would.
``floor_set`` writes two hundred and fifty orders a transaction, each table once, as the writer does, but decides
nothing.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from onhand.core.database import connect
from onhand.core.embedded.programs import find_pgbench

ORDERS_A_SET = 250
CLIENTS = {"floor_tx": 32, "floor_set": 2}


class NoPgbench(Exception):
    """pgbench was found neither beside the embedded database nor on the path; install PostgreSQL's client programs."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Orders a second, the latency of a transaction in milliseconds, and CPU milliseconds of the database an order."""

    per_second: float
    latencies: list[float]


def measure(name: str, url: str, seconds: float) -> Floor:
    """Run one of the floors in a schema of its own, which is dropped again."""
    program = find_pgbench()
    if program is None:
        raise NoPgbench
    with connect(url, autocommit=True) as db:
        db.execute(_text("floor_tables.sql"))
        try:
            return _pgbench(program, name, url, seconds)
        finally:
            db.execute("DROP SCHEMA bench_floor CASCADE")


def _pgbench(program: Path, name: str, url: str, seconds: float) -> Floor:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, f"{name}.sql")
        script.write_text(_text(f"{name}.sql"), encoding="utf-8")
        clients = CLIENTS[name]
        command = [str(program), url, "-n", "-M", "prepared", "-f", str(script), "-c", str(clients), "-j", "1"]
        command += ["-T", str(max(1, round(seconds))), "-l", f"--log-prefix={folder}/log"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 60)  # noqa: S603
        if done.returncode:
            raise RuntimeError(f"pgbench failed: {done.stderr}")
        # Each line of the log: client, transaction, latency in microseconds, …
        latencies = [
            int(line.split(" ", 3)[2]) / 1e6
            for log in Path(folder).glob("log*")
            for line in log.read_text().splitlines()
        ]
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"pgbench said no rate: {done.stdout}")
    orders = ORDERS_A_SET if name == "floor_set" else 1
    return Floor(float(found[1]) * orders, latencies)


def _text(name: str) -> str:
    return resources.files("onhand.doors.cli.bench").joinpath("sql", name).read_text(encoding="utf-8")
