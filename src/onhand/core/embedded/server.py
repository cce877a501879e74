"""One embedded server: found or launched, looked after, and ended by who owns it."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import subprocess
import threading
import time
import weakref
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from psycopg import pq

from onhand.core.embedded import cluster, sockets
from onhand.core.embedded.accounts import Account, account_for, let_in
from onhand.core.embedded.errors import EmbeddedServerError
from onhand.core.embedded.locks import locked, turn_to_start, unlock
from onhand.core.embedded.patience import (
    GLANCE_SECONDS,
    LOOK_SECONDS,
    MEMORY_PATIENCE_SECONDS,
    SILENCE_PATIENCE_SECONDS,
    START_PATIENCE_SECONDS,
    STOP_STEPS,
)
from onhand.core.embedded.processes import command_line, end, read_note, spawn, strays_of
from onhand.core.embedded.programs import binaries
from onhand.core.embedded.roles import DATABASE, SUPERUSER, address, make_database
from onhand.core.embedded.words import failures_in_words, last_words, log_sizes, reason
from onhand.core.privileges import APPLICATION

_log = logging.getLogger(__name__)


def start(folder: Path) -> Server:
    """Run the server whose data lie in ``folder`` (made when missing), or join the one already running there.

    Raises ``EmbeddedServerError``. Use as a context manager, or call ``stop`` at the end.
    """
    server = Server(folder)
    server.restart_if_dead()
    return server


class Server:
    """One embedded server, as its starter or as a guest (``owner`` tells which). Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().resolve()
        self.owner = False
        self._cluster = self.folder / "postgres"
        self._socket_folder = self._cluster
        self._pid = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._ownership: BinaryIO | None = None
        self._stopped = False
        self._turn = threading.RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """How tables are made and changed: as the database's owner, no superuser; the same after a restart."""
        return self._url(DATABASE, DATABASE)

    @property
    def application_url(self) -> str:
        """How what serves connects: it may write what the house writes, and not what is on record for good."""
        return self._url(APPLICATION, DATABASE)

    @property
    def admin_url(self) -> str:
        """How an administrator connects: as the superuser, for backups and extensions."""
        return self._url(SUPERUSER, DATABASE)

    def alive(self) -> bool:
        """Whether the server's process is there; costs next to nothing, so ask as often as you like."""
        return self._pid > 0 and self._runs(self._pid)

    def restart_if_dead(self) -> bool:
        """For a supervisor: start again what died by itself; True when it had to. After ``stop``, does nothing."""
        with self._turn, failures_in_words(self.folder):
            if self._stopped or self.alive():
                return False
            self.folder.mkdir(parents=True, exist_ok=True)
            with turn_to_start(self.folder):
                return self._find_or_launch()

    def stop(self) -> None:
        """End the server if we own it, waiting for what is under way to be written; a guest only leaves."""
        with self._turn, failures_in_words(self.folder):
            self._stopped = True
            if not self.owner:
                self.forget()
                return
            with turn_to_start(self.folder):
                note = read_note(self._cluster)
                if note and self._runs(note.pid):
                    self._pid = note.pid
                    self._end_server()
                if self._socket_folder != self._cluster:
                    with contextlib.suppress(OSError):
                        self._socket_folder.rmdir()
                self._disclaim()

    # Finding one that runs

    def _find_or_launch(self) -> bool:
        self._claim()
        launching = False
        try:
            launching = not self._find()
            if launching:
                self._launch()
            if self.owner:
                make_database(self._socket_folder)
        except BaseException:
            if launching and self.alive():
                self._end_server()
            self._disclaim()
            raise
        return launching

    def _find(self) -> bool:
        """Join the server running here, whoever started it; one that nobody owns and that hangs is ended."""
        note = read_note(self._cluster)
        if note is None or not self._runs(note.pid):
            return False
        self._pid, self._socket_folder = note.pid, note.socket_folder
        if self._wait_until_it_answers():
            return True
        if self.alive() and not self.owner:
            raise EmbeddedServerError(
                f"The embedded database (process {note.pid}) runs but does not answer: stop the program that owns it."
            )
        if self.alive():
            _log.warning("The embedded database (process %s) does not answer; ending it to start anew.", note.pid)
            self._end_server()
        return False

    def _wait_until_it_answers(self) -> bool:
        asked_at = f"{self._url(SUPERUSER, SUPERUSER)}&connect_timeout=2".encode()
        deadline = time.monotonic() + START_PATIENCE_SECONDS
        silent_since = time.monotonic()
        pause = GLANCE_SECONDS
        while self.alive() and time.monotonic() < min(deadline, silent_since + SILENCE_PATIENCE_SECONDS):
            answer = pq.PGconn.ping(asked_at)
            if answer == pq.Ping.OK:
                return True
            if answer == pq.Ping.REJECT:  # It recovers, or shuts down: either will end.
                silent_since = time.monotonic()
                pause = LOOK_SECONDS  # Each refusal is a line in its log.
            time.sleep(pause)
        return False

    def _runs(self, pid: int) -> bool:
        if self._process and self._process.pid == pid:
            return self._process.poll() is None  # Just started, it has no command line to show for a moment.
        signs = f"cluster_name={self._name()} ", f"postgres -D {self._cluster} "  # The latter: started by hand.
        return any(sign in f"{command_line(pid)} " for sign in signs)

    def _name(self) -> str:
        """Made from the folder's identity, not its path: a container and its host may use one path for two folders."""
        if not self._cluster.exists():
            return "onhand-none"
        here = self._cluster.stat()
        return "onhand-" + hashlib.sha256(f"{here.st_dev}:{here.st_ino}".encode()).hexdigest()[:10]

    # Launching

    def _launch(self) -> None:
        programs = binaries()
        account = account_for(self._cluster)
        let_in(account, programs / "postgres", self._cluster)
        cluster.create(programs, self._cluster, account)
        if strays := strays_of(self._name()):
            end(strays, STOP_STEPS[1:])
        self._socket_folder = sockets.choose(self._socket_folder, self._cluster, self._name(), account)
        cluster.write_settings(self._cluster, account)
        deadline = time.monotonic() + MEMORY_PATIENCE_SECONDS
        while (words := self._try_to_launch(programs, account)) is not None:
            if "still in use" not in words or time.monotonic() > deadline:
                raise EmbeddedServerError(f"The embedded database did not start. {reason(words, self.folder)}")
            time.sleep(GLANCE_SECONDS)

    def _try_to_launch(self, programs: Path, account: Account | None) -> str | None:
        """None when the server runs, else its last words."""
        logged_before = log_sizes(self._cluster)
        with self._first_words.open("wb") as words:
            self._process = spawn(self._command(programs), words, account, taken_for_dead=self._stale_pid())
        self._pid = self._process.pid
        if self._wait_until_it_answers():
            return None
        if self.alive():
            self._end_server()
        return last_words(self._first_words, self._cluster, logged_before)

    @property
    def _first_words(self) -> Path:
        """What the server says before it opens its log."""
        return self.folder / "postgres-start.log"

    def _command(self, programs: Path) -> list[str]:
        # What keeps the server private and recognizable is said here, where no ALTER SYSTEM can change it.
        options = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": str(self._socket_folder),
            "unix_socket_permissions": "0700",
            "cluster_name": self._name(),
        }
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return [str(programs / "postgres"), "-D", str(self._cluster), *settings]

    def _stale_pid(self) -> int | None:
        note = read_note(self._cluster)
        if note is None:
            # Left empty by a power cut; the server would ask a person to remove it.
            (self._cluster / "postmaster.pid").unlink(missing_ok=True)
            return None
        return note.pid

    def _url(self, user: str, database: str) -> str:
        return address(user, database, self._socket_folder)

    # Owning and ending

    def _claim(self) -> None:
        if self.owner:
            return
        held = (self.folder / "postgres.owner").open("ab")
        if not locked(held):
            held.close()
            return
        self.owner, self._ownership = True, held
        _owners.add(self)

    def _disclaim(self) -> None:
        if self._ownership:
            unlock(self._ownership)
        self.forget()

    def forget(self) -> None:
        """Become a guest; a forked child does, because the server is its parent's to wait for and to end."""
        if self._ownership:
            self._ownership.close()
        if self._process and self._process.poll() is None:
            self._process.returncode = 0  # Lives on without us; nobody here will wait for it.
        self.owner, self._ownership, self._process = False, None, None

    def _end_server(self) -> None:
        end([self._pid], STOP_STEPS)
        if self._process:
            self._process.wait()


_owners: weakref.WeakSet[Server] = weakref.WeakSet()


def _forget_in_child() -> None:
    for server in list(_owners):
        server.forget()


os.register_at_fork(after_in_child=_forget_in_child)
