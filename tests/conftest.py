"""The stage: a real PostgreSQL, emptied before each test, and a small cast that every test knows."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from postgres import CHOICE, postgres
from shop import Shop

os.environ["DJANGO_SETTINGS_MODULE"] = "onhand.doors.web.settings"

from onhand.core.database import Connection, connect
from onhand.doors.cli.schema import migrate
from onhand.orders import queries as orders
from onhand.stock import queries as stock


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A database for this run."""
    with postgres(CHOICE) as url:
        migrate(url)
        yield url
        from django.db import connections

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
