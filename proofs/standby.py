"""A standby for a proof's own server, on which commits wait: started, killed as by a power cut, started again."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep

from psycopg.conninfo import conninfo_to_dict

from onhand.core.backup import engine
from onhand.core.database import connect
from onhand.core.embedded import Server
from onhand.core.embedded.accounts import give_away
from onhand.core.embedded.programs import binaries
from onhand.core.embedded.roles import SUPERUSER

NAME = "proof_standby"
PATIENCE = 60.0


class Standby:
    """The standby of one server; ``start`` it, ``kill`` it, ask it at ``url``."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._cluster = folder / "standby"
        self._running = ExitStack()
        self._engine: engine.Engine | None = None

    @property
    def url(self) -> str:
        """Where it can be read."""
        assert self._engine is not None  # noqa: S101 - a proof asks who it started
        return self._engine.url(SUPERUSER, "onhand")

    def make(self) -> None:
        """Copy the server."""
        self._cluster.mkdir(mode=0o700)
        give_away(self._cluster)
        program = binaries() / "pg_basebackup"
        engine.run(
            self._folder, self._cluster, program, "-d", self._server.admin_url, "-D", self._cluster, "-c", "fast", "-R"
        )

    def start(self) -> None:
        """Start it, and wait until the server has it for its synchronous one."""
        known = conninfo_to_dict(self._server.admin_url)
        options = {
            "primary_conninfo": f"host={known['host']} port={known['port']} user={SUPERUSER} application_name={NAME}",
            "fsync": "on",
            "hot_standby": "on",
            "wal_receiver_status_interval": "1",
            "wal_retrieve_retry_interval": "200ms",
        }
        running = engine.running(binaries(), self._cluster, options, self._folder / "standby.log")
        self._engine = self._running.enter_context(running)
        self._engine.wait_until_it_answers(SUPERUSER, "onhand", PATIENCE)
        self._wait_for("sync")

    def kill(self) -> None:
        """End it as a power cut would, and wait until it is gone."""
        assert self._engine is not None  # noqa: S101 - a proof kills who it started
        os.kill(self._engine.pid, signal.SIGKILL)
        self._running.close()
        self._wait_for(None)
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)

    def close(self) -> None:
        """Let it go."""
        self._running.close()

    def _wait_for(self, state: str | None) -> None:
        end = monotonic() + PATIENCE
        with connect(self._server.admin_url, autocommit=True) as db:
            while monotonic() < end:
                row = db.execute(
                    "SELECT sync_state FROM pg_stat_replication WHERE application_name = %s", (NAME,)
                ).fetchone()
                if (row[0] if row else None) == state:
                    return
                sleep(0.05)
        raise AssertionError(f"the standby is not {state or 'gone'}")


@contextmanager
def standby_of(server: Server) -> Iterator[Standby]:
    """A standby that is there, and for which every commit of the server waits."""
    folder = Path(tempfile.mkdtemp(prefix="onhand-proof-"))
    folder.chmod(0o755)
    standby = Standby(server, folder)
    try:
        standby.make()
        with connect(server.admin_url, autocommit=True) as db:
            db.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{NAME}'")
            db.execute("SELECT pg_reload_conf()")
        standby.start()
        yield standby
    finally:
        # Not by an ALTER SYSTEM of itself: nothing may wait for a standby that is gone.
        with connect(server.admin_url, autocommit=True) as db:
            db.execute("ALTER SYSTEM RESET synchronous_standby_names")
            db.execute("SELECT pg_reload_conf()")
        standby.close()
        shutil.rmtree(folder, ignore_errors=True)
