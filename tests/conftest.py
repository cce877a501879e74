"""The stage: a real PostgreSQL, emptied before each test, and a small cast that every test knows."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest
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


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A database for this run."""
    with postgres(CHOICE) as url:
        migrate(url)
        yield url
        connections.close_all()


@pytest.fixture
def db(database_url: str) -> Iterator[Connection]:
    """A connection to an empty database."""
    with connect(database_url) as connection:
        _empty(connection)
        yield connection
        connection.rollback()


def _empty(db: Connection) -> None:
    rows = db.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^(django|auth|access_audit)_'"
    ).fetchall()
    truncate = f"TRUNCATE {', '.join(table for (table,) in rows)}"
    for _ in range(MOST_TRIES):
        # A server that runs on through several stories may just look at two of the tables, the other way round.
        with suppress(DeadlockDetected), db.transaction():
            db.execute(truncate)
            break
    else:
        raise AssertionError("the database is never still enough to be emptied")
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
