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
from psycopg.abc import PQGen
from psycopg.errors import Diagnostic
from psycopg_pool import ConnectionPool

from onhand.core.arrays import ArrayDumper

Connection = psycopg.Connection[tuple[Any, ...]]
T = TypeVar("T")
RV = TypeVar("RV")

# Longer than any statement of ours should take, shorter than anybody is willing to wait.
STATEMENT_TIMEOUT = "30s"
LOCK_TIMEOUT = "10s"
CONNECT_TIMEOUT_SECONDS = 5
# While a commit waits for a synchronous standby none of the server's own timeouts holds.
COMMIT_TIMEOUT_SECONDS = 4.0
_ENDINGS = {"_commit_gen", "_exit_gen"}


class NotReplicated(psycopg.OperationalError):
    """A commit is in doubt: it is on this server's disk, and perhaps on no other's.

    Where the server replicates synchronously, a commit is good when a standby has it. Asked to cancel that wait, it
    answers that the commit succeeded, with a warning; and while no standby is there it does not answer at all. Both are
    no answer: who asked must ask again, under the same key, and hear of success once a standby has it.
    """


class Session(psycopg.Connection[tuple[Any, ...]]):
    """A connection that does not take a commit for done of which the server warns that it may be on no standby."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        # Whether commits may take for ever; only for who sees to it that nobody waits for them (the writer).
        self.patient = False
        self._warned = False
        self.add_notice_handler(self._hear)

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """As psycopg's, and raises ``NotReplicated`` after such a warning or when a commit is not answered in time.

        In the latter case the connection is closed: the server goes on waiting, and what was committed stays unseen.
        """
        ending = timeout is None and not self.patient and getattr(gen, "__name__", "") in _ENDINGS
        try:
            result = super().wait(gen, interval, COMMIT_TIMEOUT_SECONDS if ending else timeout)
        except psycopg.errors._WaitTimeout:  # noqa: SLF001 - it has no public name
            if not ending:
                raise  # whoever waits for notifications knows how long
            self.close()
            raise NotReplicated(
                "The database did not confirm a commit in time: whether it holds is not known."
            ) from None
        if self._warned:
            self._warned = False
            raise NotReplicated("The database gave up waiting for its standby: whether a commit holds is not known.")
        return result

    def _hear(self, notice: Diagnostic) -> None:
        # Its words may be in any language; the function of the server's that says them has one name.
        if notice.source_function == "SyncRepWaitForLSN":
            self._warned = True


def _options(lock_timeout: str = LOCK_TIMEOUT) -> str:
    return f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT} -c lock_timeout={lock_timeout}"


def connect(url: str, *, autocommit: bool = False, lock_timeout: str = LOCK_TIMEOUT) -> Connection:
    """Open a connection with our timeouts set; raises ``psycopg.OperationalError`` when nobody answers."""
    connection = Session.connect(
        url, autocommit=autocommit, connect_timeout=CONNECT_TIMEOUT_SECONDS, options=_options(lock_timeout)
    )
    _configure(connection)
    return connection


def _configure(connection: Connection) -> None:
    # Statements are few and repeated: prepare each at its second use.
    connection.prepare_threshold = 1
    connection.adapters.register_dumper(list, ArrayDumper)


def commit_however_long(db: Connection) -> None:
    """Commit, waiting for as long as the database takes; only for who sees to it that nobody else does."""
    if not isinstance(db, Session):
        db.commit()
        return
    db.patient = True
    try:
        db.commit()
    finally:
        db.patient = False


def lacks_standby(db: Connection) -> bool:
    """Whether some commit waits for a synchronous standby just now; one of this account's, or any for a monitor."""
    (waits,) = db.execute("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')").fetchone() or (
        False,
    )
    return bool(waits)


class Readers:
    """A small pool of autocommit connections for questions; a reader never decides a write."""

    def __init__(self, url: str, *, most: int = 8, wait_seconds: float = 1.0) -> None:
        self.url = url
        self.most = most
        self.wait_seconds = wait_seconds
        self._pool: ConnectionPool[Session] = ConnectionPool(
            url,
            connection_class=Session,
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
