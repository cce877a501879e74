"""A server of its own, for backups are of whole servers, and a store beside it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kept import Kept
from onhand.core.backup.cipher import Key
from onhand.core.backup.vault import open_folder
from onhand.core.database import connect
from onhand.core.embedded import Server, start
from onhand.doors.cli.schema import introduce, migrate


@pytest.fixture(scope="session")
def backed_up_server(database_url: str) -> Iterator[Server]:
    # Not pytest's own folder: when root runs the tests, the server's account must be able to enter.
    folder = Path(tempfile.mkdtemp(prefix="onhand-tests-"))
    folder.chmod(0o755)
    with start(folder / "data") as server:
        migrate(server.url)
        introduce(database_url)
        with connect(server.url, autocommit=True) as db:
            db.execute("CREATE TABLE note (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, words text NOT NULL)")
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def kept(backed_up_server: Server) -> Iterator[Kept]:
    """The server with an empty store, and room for what is restored."""
    folder = Path(tempfile.mkdtemp(prefix="onhand-tests-"))
    folder.chmod(0o755)
    with connect(backed_up_server.admin_url, autocommit=True) as db:
        db.execute("TRUNCATE note")
        for (slot,) in db.execute("SELECT slot_name FROM pg_replication_slots").fetchall():
            db.execute("SELECT pg_drop_replication_slot(%s)", (slot,))
    vault = open_folder(folder / "store", Key.parse("07" * 32), make=True)
    yield Kept(backed_up_server, folder, vault)
    shutil.rmtree(folder, ignore_errors=True)
