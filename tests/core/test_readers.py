"""Readers live through a restart of the server."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest

from onhand.core.database import Connection, Readers


@pytest.fixture
def readers(database_url: str) -> Iterator[Readers]:
    readers = Readers(database_url, most=4, wait_seconds=5)
    readers.open()
    yield readers
    readers.close()


def process(db: Connection) -> int:
    (pid,) = db.execute("SELECT pg_backend_pid()").fetchone() or (0,)
    return int(pid)


def end_all(db: Connection) -> None:
    db.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND usename = 'onhand'"
    )
    db.commit()


def test_a_question_to_a_dead_connection_is_answered_by_a_new_one(readers: Readers, db: Connection) -> None:
    met = Barrier(4)

    def meet(connection: Connection) -> int:
        met.wait(10)
        return process(connection)

    with ThreadPoolExecutor(4) as people:
        before = set(people.map(lambda _: readers.ask(meet), range(4)))
        end_all(db)
        after = set(people.map(lambda _: readers.ask(process), range(16)))

    assert len(before) == 4
    assert not before & after


def test_a_fault_of_the_question_is_the_questions(readers: Readers) -> None:
    asked = []

    def slow(connection: Connection) -> None:
        asked.append(process(connection))
        connection.execute("SET statement_timeout = '10ms'")
        connection.execute("SELECT pg_sleep(5)")

    with pytest.raises(psycopg.errors.QueryCanceled):
        readers.ask(slow)
    assert len(asked) == 1
