"""A server in processes of its own, as an operator starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

COMMAND = [sys.executable, "-c", "from onhand.doors.cli import main; main()"]


def free_port() -> int:
    """A port nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


# What the database of the tests is sealed with.
KEPT = ("ONHAND_FIELD_KEYS", "ONHAND_TOMBSTONES")


def environment(url: str | None, **settings: str) -> dict[str, str]:
    """Ours without its settings, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONHAND_") or name in KEPT}
    kept.pop("DATABASE_URL", None)
    return {**kept, **({"DATABASE_URL": url} if url else {}), **settings}


def onhand(*words: str, url: str | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
    """Carry out a command to its end."""
    return subprocess.run(
        [*COMMAND, *words],
        env=environment(url, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Served:
    """A server under way: what it says, where it is, and how it ends."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.said: list[str] = []
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)

    def until(self, words: str) -> str:
        """Read on until a line has these words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if words in line:
                return line
        raise AssertionError(f"it ended without saying {words!r}: {''.join(self.said)}")

    def stop(self) -> int:
        """Tell it to stop, and wait until it has."""
        self.process.send_signal(signal.SIGTERM)
        said, _ = self.process.communicate(timeout=60)
        self.said.append(said)
        return self.process.returncode

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(30)

    @property
    def children(self) -> list[int]:
        """The processes it started and looks after."""
        return [child for child in _children(self.process.pid) if _runs(child, "onhand.doors.cli.worker")]


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return sorted(int(child) for thread in listed for child in thread.read_text().split())


def _runs(pid: int, what: str) -> bool:
    try:
        return what in Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return False


def eventually(what: Callable[[], Any], patience: float = 20.0) -> Any:
    """Look until it is so."""
    end = time.monotonic() + patience
    while not (found := what()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)
    return found


def gone(pid: int) -> bool:
    """Whether a process has ended."""
    return not _runs(pid, "onhand")


@contextmanager
def serving(
    *words: str, url: str | None = None, port: int = 0, command: Sequence[str] = COMMAND, **settings: str
) -> Iterator[Served]:
    """``onhand`` with these words, up and answering."""
    with started(*words, url=url, port=port, command=command, **settings) as served:
        served.until("is running")
        # Its socket listens already: the question waits there until somebody answers.
        assert served.client.get("/readyz").status_code == 200
        yield served


@contextmanager
def started(
    *words: str, url: str | None = None, port: int = 0, command: Sequence[str] = COMMAND, **settings: str
) -> Iterator[Served]:
    """``onhand`` with these words, started; ended with the test."""
    port = port or free_port()
    process = subprocess.Popen(
        [*command, *words],
        env=environment(url, ONHAND_PORT=str(port), **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    served = Served(process, port)
    try:
        yield served
    finally:
        served.client.close()
        if process.poll() is None:
            process.kill()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()
