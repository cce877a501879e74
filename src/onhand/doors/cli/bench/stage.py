"""The stage of a benchmark: a real server on a real port, over a database of its own with all durability on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import psutil

HOST = "127.0.0.1"
SECONDS_TO_SERVE = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """A server under test, with the processes whose CPU it costs."""

    port: int
    processes: list[psutil.Process]

    def cpu_seconds(self) -> float:
        """CPU spent so far by the server and the database, their ended children included."""
        return sum(_spent(each) for root in self.processes for each in [root, *root.children(recursive=True)])


def _spent(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # a database session that has just ended; its parent counts it
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


@contextmanager
def served(url: str, database_pid: int | None, processes: int, **settings: str) -> Iterator[Served]:
    """Serve a database, with these settings, until the block is left."""
    port = _free_port()
    environment = {**os.environ, "DATABASE_URL": url, "ONHAND_HOST": HOST, "ONHAND_PORT": str(port), **settings}
    command = [sys.executable, "-m", "onhand", "serve"]
    if processes > 1:
        command += ["--processes", str(processes)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:  # noqa: S603
        try:
            _wait_until_served(port, server)
            roots = [psutil.Process(server.pid)]
            if database_pid:
                roots.append(psutil.Process(database_pid))
            yield Served(port, roots)
        finally:
            server.terminate()
            server.wait(60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_until_served(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_SERVE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(f"http://{HOST}:{port}/api/docs/openapi.json", timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("The server did not start; run `onhand serve` to see why.")
