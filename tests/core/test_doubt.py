"""A commit nobody confirms is not taken for done: not by the driver's word, and not by waiting for ever."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from onhand.core import database
from onhand.core.answers import Again
from onhand.core.asks import Ask, Command
from onhand.core.database import Connection, NotReplicated, connect
from onhand.core.embedded import Server, start
from onhand.core.writer import InDoubt, Overloaded, Writer
from onhand.doors.cli.schema import introduce, migrate
from serving import eventually


class Note(Command, frozen=True):
    """Writes its words down."""

    words: str


def note(db: Connection, asks: Sequence[Ask[Note]], now: datetime) -> list[str]:
    for ask in asks:
        db.execute("INSERT INTO note VALUES (%s)", (ask.command.words,))
    return [ask.command.words for ask in asks]


class Mark(Command, frozen=True):
    """Locks the row of some words."""

    words: str


def mark(db: Connection, asks: Sequence[Ask[Mark]], now: datetime) -> list[str]:
    for ask in asks:
        db.execute("UPDATE note SET words = words WHERE words = %s", (ask.command.words,))
    return [ask.command.words for ask in asks]


@pytest.fixture(scope="module")
def alone(database_url: str) -> Iterator[Server]:
    """A server of its own, which can be told that it has a standby."""
    folder = Path(tempfile.mkdtemp(prefix="onhand-tests-"))
    folder.chmod(0o755)
    with start(folder) as server:
        migrate(server.url)
        introduce(database_url)
        with connect(server.url, autocommit=True) as db:
            db.execute("CREATE TABLE note (words text)")
        yield server
    shutil.rmtree(folder, ignore_errors=True)


Tell = Callable[[str], None]


@pytest.fixture
def standby(alone: Server) -> Iterator[Tell]:
    """Tells the server for which standby it has to wait; there never is one."""

    def tell(name: str) -> None:
        with psycopg.connect(alone.admin_url, autocommit=True) as admin:
            admin.execute("SET synchronous_commit = local")
            admin.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
            admin.execute("SELECT pg_reload_conf()")
        if name:
            eventually(lambda: _waits(alone))
        else:
            _commit_of_its_own(alone)

    with psycopg.connect(alone.admin_url, autocommit=True) as admin:
        admin.execute("TRUNCATE note, core_answer")
    yield tell
    tell("")


# A setting that sessions already show may not be in force yet: the checkpointer is who tells commits to wait,
# and lets them go. Only a commit knows.
A_COMMIT = "SELECT pg_logical_emit_message(true, 'probe', '')"


def _waits(server: Server) -> bool:
    """Whether a commit waits for a standby now; it is not left waiting."""
    with closing(psycopg.connect(server.admin_url, autocommit=True)) as probe:
        probe.pgconn.send_query(A_COMMIT.encode())
        seen: str = eventually(lambda: "waiting" if let_go(server) else _over(probe) and "over")
    return seen == "waiting"


def _over(probe: psycopg.Connection[Any]) -> bool:
    probe.pgconn.consume_input()
    return not probe.pgconn.is_busy()


def _commit_of_its_own(server: Server) -> None:
    """Returns when commits are let go."""
    with psycopg.connect(server.admin_url, autocommit=True) as probe:
        probe.execute(A_COMMIT)


@pytest.fixture
def writer(alone: Server, standby: Tell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writer]:
    monkeypatch.setattr("onhand.core.writer.SECONDS_TO_DOUBT", 0.5)
    writer = Writer(lambda: connect(alone.url), {Note: note, Mark: mark})
    writer.start()
    yield writer
    standby("")
    assert writer.stop()


def asked(writer: Writer, words: str) -> Any:
    return writer.submit([Ask(Note(words), key=words)])


def let_go(server: Server) -> int:
    """As an administrator would who finds sessions hanging."""
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        return admin.execute(
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        ).rowcount


def test_a_wait_that_was_cancelled_is_no_success(alone: Server, standby: Tell) -> None:
    standby("nobody")
    with connect(alone.url) as db:
        db.execute("INSERT INTO note VALUES ('cancelled')")
        letting_go = threading.Thread(target=lambda: eventually(lambda: let_go(alone)))
        letting_go.start()

        with pytest.raises(NotReplicated, match="gave up waiting"):
            db.commit()
        letting_go.join()


def test_nobody_waits_for_a_commit_for_ever(alone: Server, standby: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    standby("nobody")
    monkeypatch.setattr(database, "COMMIT_TIMEOUT_SECONDS", 0.3)
    with connect(alone.url) as db:
        db.execute("INSERT INTO note VALUES ('hanging')")

        with pytest.raises(NotReplicated, match="did not confirm"):
            db.commit()
        assert db.closed
    with connect(alone.url, autocommit=True) as db, pytest.raises(NotReplicated), db.transaction():
        db.execute("INSERT INTO note VALUES ('hanging, too')")


def test_who_asked_hears_that_it_is_in_doubt_and_who_comes_is_turned_away(
    alone: Server, standby: Tell, writer: Writer
) -> None:
    standby("nobody")
    began = time.monotonic()
    doubtful = asked(writer, "doubtful")
    eventually(lambda: writer.queued == 0)
    behind = asked(writer, "behind")

    with pytest.raises(InDoubt):
        doubtful.result(5)
    with pytest.raises(Overloaded):
        behind.result(5)
    assert time.monotonic() - began < 5
    assert writer.in_doubt
    with pytest.raises(Overloaded):
        asked(writer, "after")


def test_once_the_database_answers_the_same_key_hears_of_it(alone: Server, standby: Tell, writer: Writer) -> None:
    standby("nobody")
    with pytest.raises(InDoubt):
        asked(writer, "once").result(5)

    standby("")
    eventually(lambda: not writer.in_doubt)

    assert isinstance(asked(writer, "once").result(5)[0], Again)
    assert words(alone) == ["once"]


def test_a_wait_cancelled_under_the_writer_is_still_in_doubt(alone: Server, standby: Tell, writer: Writer) -> None:
    standby("nobody")
    doubtful = asked(writer, "cancelled")
    assert eventually(lambda: let_go(alone)) == 1

    with pytest.raises(InDoubt):
        doubtful.result(5)

    assert words(alone) == ["cancelled"], "it is to be seen here, and nobody was told that it is done"


def test_an_answer_given_before_is_not_given_again_while_it_is_in_doubt(
    alone: Server, standby: Tell, writer: Writer
) -> None:
    asked(writer, "before").result(5)
    standby("nobody")

    with pytest.raises(InDoubt):
        asked(writer, "before").result(5)


def test_who_is_kept_out_by_a_commit_in_doubt_is_told_soon(alone: Server, standby: Tell, writer: Writer) -> None:
    asked(writer, "wanted by two").result(5)
    standby("nobody")
    with pytest.raises(InDoubt):
        writer.submit([Ask(Mark("wanted by two"))]).result(5)
    other = Writer(lambda: connect(alone.url, lock_timeout="300ms"), {Mark: mark})
    other.start()

    began = time.monotonic()
    with pytest.raises(Overloaded):
        other.submit([Ask(Mark("wanted by two"))]).result(5)

    assert time.monotonic() - began < 3
    assert other.stop()


def test_without_a_standby_to_wait_for_nothing_is_different(alone: Server, standby: Tell, writer: Writer) -> None:
    assert asked(writer, "plain").result(5) == ["plain"]
    assert isinstance(asked(writer, "plain").result(5)[0], Again)
    assert not writer.in_doubt


def words(server: Server) -> list[str]:
    with connect(server.url) as db:
        return [each for (each,) in db.execute("SELECT words FROM note ORDER BY 1")]
