"""Several serving processes on one port, each kept filled: who dies is replaced, who is told to stop drains.

The listening sockets are the supervisor's, one for each process. So a connection that waits at the socket of a process
that died is not lost: it is served by the one that takes its place.
"""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

from prometheus_client.multiprocess import mark_process_dead

from onhand.core.metrics import SHARED_FOLDER

log = logging.getLogger(__name__)

# Who lived for so long did not die of the way it was started.
SETTLED_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 5.0
# Longer than doors and writer take to drain.
PATIENCE_SECONDS = 45.0


class Post(NamedTuple):
    """A place to be kept filled: which doors a process opens there, on which socket."""

    doors: str
    socket: socket.socket


class Supervisor:
    """Keeps a process at each post for as long as it is entered."""

    def __init__(self, posts: Sequence[Post], environment: Mapping[str, str]) -> None:
        self._posts = posts
        self._environment = dict(environment)
        self._processes: dict[Post, subprocess.Popen[bytes]] = {}
        self._stopping = threading.Event()
        self._turn = threading.Lock()
        self._threads = [threading.Thread(target=self._keep, args=[post], daemon=True) for post in posts]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Tell all to stop, all at once, and wait; who does not in time is killed."""
        with self._turn:
            self._stopping.set()
            for process in self._processes.values():
                process.terminate()
        end = time.monotonic() + PATIENCE_SECONDS
        for process in self._processes.values():
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.exception("serving process %s did not stop in time and is killed", process.pid)
                process.kill()
        for thread in self._threads:
            thread.join(5)

    def _keep(self, post: Post) -> None:
        failures = 0
        while process := self._fill(post):
            began = time.monotonic()
            code = process.wait()
            mark_process_dead(process.pid, self._environment[SHARED_FOLDER])  # type: ignore[no-untyped-call]
            if self._stopping.is_set():
                return
            failures = failures + 1 if time.monotonic() - began < SETTLED_SECONDS else 0
            log.warning("serving process %s ended (%s); another takes its place", process.pid, code)
            self._stopping.wait(min(LONGEST_PAUSE_SECONDS, 0.1 * 2**failures) if failures else 0)

    def _fill(self, post: Post) -> subprocess.Popen[bytes] | None:
        with self._turn:
            if self._stopping.is_set():
                return None
            number = post.socket.fileno()
            self._processes[post] = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "onhand.doors.cli.worker", post.doors, str(number)],
                env=self._environment,
                stdin=subprocess.PIPE,
                pass_fds=[number],
                # Ctrl-C in the terminal is for the supervisor, which passes it on once.
                start_new_session=True,
            )
            return self._processes[post]


def environment(url: str, folder: str) -> dict[str, str]:
    """What serving processes are told: one database, one folder for their figures, one secret for all of them."""
    secret = os.environ.get("ONHAND_SECRET") or os.urandom(32).hex()
    return {**os.environ, "DATABASE_URL": url, "ONHAND_SECRET": secret, SHARED_FOLDER: folder}
