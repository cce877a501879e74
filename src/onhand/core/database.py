"""Connections to PostgreSQL, and the statements that matter, kept in files of their own.

Two kinds of caller: the writer, which owns one connection and commits once a batch, and readers, which borrow one
from a pool. Both speak psycopg directly; Django's ORM declares the tables and serves the people's screens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import Any, TypeVar

import psycopg
from psycopg_pool import ConnectionPool

from onhand.core.arrays import ArrayDumper

Connection = psycopg.Connection[tuple[Any, ...]]
T = TypeVar("T")

# Longer than any statement of ours should take, shorter than anybody is willing to wait.
STATEMENT_TIMEOUT = "30s"
LOCK_TIMEOUT = "10s"
CONNECT_TIMEOUT_SECONDS = 5


def _options() -> str:
    return f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT} -c lock_timeout={LOCK_TIMEOUT}"


def connect(url: str, *, autocommit: bool = False) -> Connection:
    """Open a connection with our timeouts set; raises ``psycopg.OperationalError`` when nobody answers."""
    connection = psycopg.connect(
        url, autocommit=autocommit, connect_timeout=CONNECT_TIMEOUT_SECONDS, options=_options()
    )
    _configure(connection)
    return connection


def _configure(connection: Connection) -> None:
    # Statements are few and repeated: prepare each at its second use.
    connection.prepare_threshold = 1
    connection.adapters.register_dumper(list, ArrayDumper)


class Readers:
    """A small pool of autocommit connections for questions; a reader never decides a write."""

    def __init__(self, url: str, *, most: int = 8, wait_seconds: float = 1.0) -> None:
        self.most = most
        self.wait_seconds = wait_seconds
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            min_size=1,
            max_size=most,
            timeout=wait_seconds,
            open=False,
            check=ConnectionPool.check_connection if most <= 2 else None,
            # Its pauses double while it tries: given up early, the next borrower tries afresh, and at once.
            reconnect_timeout=2.0,
            configure=_configure,
            kwargs={"autocommit": True, "options": _options(), "connect_timeout": CONNECT_TIMEOUT_SECONDS},
        )

    def open(self) -> None:
        """Start connecting; readiness is asked for separately, so a slow database does not stop the start."""
        self._pool.open(wait=False)

    def close(self) -> None:
        """Hand every connection back."""
        self._pool.close()

    @contextmanager
    def borrow(self) -> Iterator[Connection]:
        """Lend a connection; raises ``psycopg_pool.PoolTimeout`` after the wait the pool was made with."""
        with self._pool.connection() as connection:
            yield connection

    def ask(self, question: Callable[[Connection], T]) -> T:
        """Put a question to a connection, and once more to another when that one turns out to be dead.

        All connections die when the server restarts: so then all are looked at, and the dead replaced.
        """
        with self._pool.connection() as connection:
            try:
                return question(connection)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if not connection.closed:
                    raise
        self._pool.check()
        with self._pool.connection() as connection:
            return question(connection)


@cache
def statement(room: str, name: str) -> str:
    """The text of ``<room>/sql/<name>.sql``, such as ``statement("stock", "lock_positions")``."""
    return resources.files(f"onhand.{room}").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
