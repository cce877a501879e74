"""A server whose backups the tests take, a store to keep them in, and what is said of both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from onhand.core.backup import base, wal
from onhand.core.backup.manifests import Manifest
from onhand.core.backup.plan import Target
from onhand.core.backup.restore import Restored, Step, restore
from onhand.core.backup.vault import Vault
from onhand.core.database import connect
from onhand.core.embedded import Server, start

LATEST = Target()


@dataclass
class Kept:
    """The server, its store, and a folder for whatever is restored."""

    server: Server
    folder: Path
    vault: Vault

    @property
    def url(self) -> str:
        """Where backups are taken."""
        return self.server.admin_url

    @property
    def store(self) -> Path:
        """The store's folder."""
        return self.folder / "store"

    def write(self, *words: str) -> None:
        """Write notes, each a transaction."""
        with connect(self.server.url, autocommit=True) as db:
            for each in words:
                db.execute("INSERT INTO note (words) VALUES (%s)", (each,))

    def back_up(self, *, full: bool = False) -> Manifest:
        """Take a backup."""
        return base.take(self.url, self.vault, full=full)

    @contextmanager
    def archived(self) -> Iterator[wal.Archiver]:
        """Have the log archived, as it is while the shop is open; all that was written, when the block ends."""
        with wal.archiving(self.url, self.vault, seconds=0.2) as archiver:
            yield archiver
            self.wait()

    def wait(self) -> None:
        """Until the archive has what is written now."""
        with connect(self.url, autocommit=True) as db:
            (place, cluster) = db.execute(
                "SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn, system_identifier FROM pg_control_system()"
            ).fetchone() or (0, 0)
        assert wal.wait_until_kept(self.vault, str(cluster), int(place), 20)

    def now(self) -> datetime:
        """This moment by the server's clock: after all that was written, before whatever is written next."""
        with connect(self.url, autocommit=True) as db:
            (moment,) = db.execute("SELECT clock_timestamp()").fetchone() or (None,)
        assert isinstance(moment, datetime)
        return moment

    def restore(self, target: Target = LATEST, steps: tuple[Step, ...] = (), name: str = "restored") -> Restored:
        """Restore into a folder of that name."""
        return restore(self.vault, self.folder / name, target, steps)

    def notes(self, name: str = "restored") -> list[str]:
        """What is written in what was restored, once it runs."""
        with start(self.folder / name) as server, connect(server.url) as db:
            return [words for (words,) in db.execute("SELECT words FROM note ORDER BY id")]
