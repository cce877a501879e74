"""The stage: a real PostgreSQL, emptied before each test, and a small cast that every test knows."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest
from psycopg import OperationalError
from psycopg.errors import DeadlockDetected

from postgres import CHOICE, postgres
from shop import Shop

# Of this run alone, so that nothing is left in anybody's data folder.
os.environ.setdefault("ONHAND_FIELD_KEYS", f"tests:{b64encode(os.urandom(32)).decode()}")
os.environ.setdefault("ONHAND_TOMBSTONES", str(Path(mkdtemp(prefix="onhand-tests-")) / "erasures.jsonl"))
os.environ["DJANGO_SETTINGS_MODULE"] = "onhand.doors.web.settings"
# The browser's driver keeps a loop in the thread of the tests; nothing of Django's runs in that loop.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

import django

django.setup()

from django.db import connections

from onhand.core.database import Connection, connect
from onhand.doors.cli.schema import migrate
from onhand.orders import queries as orders
from onhand.stock import queries as stock

MOST_TRIES = 5
OUR_TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^(django|auth|access_audit)_'"
)


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A database for this run."""
    with postgres(CHOICE) as url:
        migrate(url)
        yield url
        connections.close_all()


class Sweeper:
    """Empties the tables between two tests, over a connection that stays: it knows them all by now, so it is quick."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = connect(url)

    def sweep(self) -> None:
        try:
            empty(self._connection)
        except OperationalError:
            # The last test was of connections that are cut.
            self.close()
            self._connection = connect(self._url)
            empty(self._connection)

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="session")
def sweeper(database_url: str) -> Iterator[Sweeper]:
    sweeper = Sweeper(database_url)
    yield sweeper
    sweeper.close()


@pytest.fixture
def db(database_url: str, sweeper: Sweeper) -> Iterator[Connection]:
    """A connection to an empty database."""
    sweeper.sweep()
    with connect(database_url) as connection:
        yield connection
        connection.rollback()


def empty(db: Connection) -> None:
    """Leave no row of ours."""
    for _ in range(MOST_TRIES):
        # A server that runs on through several stories may just look at two of the tables, the other way round.
        with suppress(DeadlockDetected), db.transaction():
            _empty_what_is_filled(db)
            break
    else:
        raise AssertionError("the database is never still enough to be emptied")
    db.commit()


def _empty_what_is_filled(db: Connection) -> None:
    # To empty a table takes a file, also where it is empty; to look whether it is takes a glance.
    tables = [table for (table,) in db.execute(OUR_TABLES)]
    glances = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (TABLE {table})" for table in tables)
    if filled := [table for (table,) in db.execute(glances)]:
        db.execute(f"TRUNCATE {', '.join(filled)} CASCADE")


@pytest.fixture
def shop(db: Connection) -> Iterator[Shop]:
    """The shop, whose books are checked when the story is over."""
    shop = Shop(db)
    db.commit()
    yield shop
    db.rollback()
    assert stock.check(db) == []
    assert orders.check(db) == []
