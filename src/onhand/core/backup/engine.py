"""A PostgreSQL of any version, run for a while on data just restored: in private, with no settings but ours.

Nothing the shop's own server was told holds here: it listens to nobody but us, archives nothing, waits for no standby.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from psycopg import pq

from onhand.core.embedded import EmbeddedServerError
from onhand.core.embedded.accounts import Account, account_for, let_in
from onhand.core.embedded.processes import environment, spawn
from onhand.core.embedded.programs import VERSION, binaries

STOP_SECONDS = 60.0
LOOK_SECONDS = 0.05
_RULES = "onhand_restore_hba.conf"
_CONFIGURATION = "onhand_restore.conf"
_ALONE = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "archive_mode": "off",
    "synchronous_standby_names": "",
    "ssl": "off",
    "logging_collector": "off",
    "log_min_messages": "log",
    "shared_preload_libraries": "",
    "timezone": "UTC",
    "jit": "off",
    "max_wal_size": "4GB",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    # What is restored is not yet anybody's: it is made durable at the end, all at once.
    "fsync": "off",
}


class NoPrograms(Exception):
    """PostgreSQL's programs of the version needed are not on this machine; the text says what to install."""


class Died(Exception):
    """The server ended by itself; the text is what it said."""


def programs(major: int) -> Path:
    """The folder of PostgreSQL's programs of a version: ours, Debian's, or those on the PATH. Raises ``NoPrograms``."""
    if str(major) == VERSION:
        with suppress(EmbeddedServerError):
            return binaries()
    debian = Path(f"/usr/lib/postgresql/{major}/bin")
    if (debian / "postgres").exists():
        return debian
    found = shutil.which("postgres")
    if found and _major(found) == major:
        return Path(found).resolve().parent
    raise NoPrograms(
        f"These backups are of PostgreSQL {major}, whose programs are not on this machine: install them "
        f"(on Debian: apt-get install postgresql-{major}), or restore where they are."
    )


def _major(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=10).stdout  # noqa: S603
    digits = said.rpartition(" ")[2].split(".")[0]
    return int(digits) if digits.strip().isdigit() else 0


def run(folder: Path, cluster: Path, *words: str | Path) -> str:
    """Run one of PostgreSQL's programs to its end, under the account of the data; what it said. Raises ``Died``."""
    account = account_for(cluster)
    let_in(account, Path(words[0]), cluster)
    done = subprocess.run(  # noqa: S603
        [str(word) for word in words],
        cwd="/",
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip() or f"it ended with {done.returncode}"
        raise Died(f"{Path(words[0]).name} failed in {folder}: {said[-600:]}")
    return done.stdout


class Engine:
    """A server under way: its address for one of its users, and whether it lives."""

    def __init__(self, process: subprocess.Popen[bytes], socket: Path, words: Path) -> None:
        self._process = process
        self._socket = socket
        self._words = words

    def url(self, user: str, database: str) -> str:
        """How to connect."""
        return f"postgresql://{quote(user)}@/{quote(database)}?host={quote(str(self._socket), safe='')}&port=5432"

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def must_live(self) -> None:
        """Raise ``Died`` with its last words when it has ended."""
        if self._process.poll() is not None:
            raise Died(self.said())

    def said(self) -> str:
        """What it said, the last of it."""
        return self._words.read_text(errors="replace")[-4000:]

    def answers(self, user: str, database: str) -> bool:
        """Whether it takes connections."""
        return pq.PGconn.ping(f"{self.url(user, database)}&connect_timeout=2".encode()) == pq.Ping.OK

    def wait_until_it_answers(self, user: str, database: str, patience_seconds: float) -> None:
        """Wait for that; raises ``Died``."""
        end = time.monotonic() + patience_seconds
        while not self.answers(user, database):
            self.must_live()
            if time.monotonic() > end:
                raise Died(f"it did not answer for {patience_seconds:.0f} seconds: {self.said()[-600:]}")
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """End it in order; by force when it takes too long."""
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self._process.poll() is None:
                self._process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
                return


@contextmanager
def running(where: Path, cluster: Path, options: Mapping[str, str], words: Path) -> Iterator[Engine]:
    """Start a server on a cluster, and end it with the block; ``words`` is the file for what it says."""
    account = account_for(cluster)
    let_in(account, where / "postgres", cluster)
    socket = Path(tempfile.mkdtemp(prefix="onhand-pg-"))
    try:
        if account:
            os.chown(socket, account.uid, account.gid)
        for name, text in ((_RULES, "local all all trust\nlocal replication all trust\n"), (_CONFIGURATION, "\n")):
            _lay_out(cluster / name, text, account)
        settings = {
            **_ALONE,
            **options,
            "unix_socket_directories": str(socket),
            "hba_file": str(cluster / _RULES),
            "config_file": str(cluster / _CONFIGURATION),
        }
        command = [str(where / "postgres"), "-D", str(cluster)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with words.open("wb") as out:
            process = spawn(command, out, account, taken_for_dead=None)
        engine = Engine(process, socket, words)
        try:
            yield engine
        finally:
            engine.stop()
    finally:
        shutil.rmtree(socket, ignore_errors=True)
        for name in (_RULES, _CONFIGURATION):
            (cluster / name).unlink(missing_ok=True)


def _lay_out(file: Path, text: str, account: Account | None) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    if account:
        os.chown(file, account.uid, account.gid)
