"""The stage: a real PostgreSQL, emptied before each test, and a small cast that every test knows."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shop import Shop

os.environ["DJANGO_SETTINGS_MODULE"] = "onhand.doors.web.settings"

from onhand.core.database import Connection, connect
from onhand.core.embedded import start
from onhand.doors.cli.schema import migrate
from onhand.orders import queries as orders
from onhand.stock import queries as stock


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A server for this run. It need not survive a power cut, so it does not wait for the disk."""
    # Not pytest's own folder: when root runs the tests, the server's account must be able to enter.
    with (
        tempfile.TemporaryDirectory(prefix="onhand-tests-") as folder,
        _open_to_all(folder),
        start(Path(folder)) as server,
    ):
        with connect(server.admin_url, autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET fsync = off")
            admin.execute("SELECT pg_reload_conf()")
        migrate(server.url)
        yield server.url
        from django.db import connections

        connections.close_all()


@contextmanager
def _open_to_all(folder: str) -> Iterator[None]:
    Path(folder).chmod(0o755)
    yield


@pytest.fixture
def db(database_url: str) -> Iterator[Connection]:
    """A connection to an empty database."""
    with connect(database_url) as connection:
        _empty(connection)
        yield connection
        connection.rollback()


def _empty(db: Connection) -> None:
    rows = db.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^(django|auth)_'"
    ).fetchall()
    db.execute(f"TRUNCATE {', '.join(table for (table,) in rows)}")
    db.commit()


@pytest.fixture
def shop(db: Connection) -> Iterator[Shop]:
    """The shop, whose books are checked when the story is over."""
    shop = Shop(db)
    db.commit()
    yield shop
    db.rollback()
    assert stock.check(db) == []
    assert orders.check(db) == []
