"""What is old is forgotten, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from onhand.core import events, retention
from onhand.core.answers import once
from onhand.core.asks import Ask, Command
from onhand.core.database import Connection, connect

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=60)
THEN = NOW - timedelta(days=30)


class Greet(Command, frozen=True):
    """A command of the tests' own."""


@pytest.fixture
def keeper(db: Connection, database_url: str) -> Iterator[Connection]:
    """A connection such as housekeeping has."""
    with connect(database_url, autocommit=True) as keeper:
        yield keeper


def tell(db: Connection, subject: str, at: datetime) -> None:
    events.record(db, [events.fact("test.told", subject, "tester", {})], at)
    db.commit()


def subjects(db: Connection) -> list[str]:
    return [subject for (subject,) in db.execute("SELECT subject FROM core_event ORDER BY seq")]


def test_old_answers_are_forgotten_page_by_page(db: Connection, keeper: Connection) -> None:
    for number, at in enumerate([LONG_AGO, LONG_AGO, LONG_AGO, NOW]):
        once(db, lambda *_: ["hello"], [Ask(Greet(), key=str(number))], at)
    db.commit()

    assert retention.forget_answers(keeper, THEN, page=2) == 3
    assert db.execute("SELECT key FROM core_answer").fetchall() == [("3",)]


def test_old_events_are_forgotten_when_nobody_follows(db: Connection, keeper: Connection) -> None:
    tell(db, "old", LONG_AGO)
    tell(db, "new", NOW)

    assert retention.forget_events(keeper, THEN) == 1
    assert subjects(db) == ["new"]


def test_an_event_somebody_has_yet_to_read_is_kept(db: Connection, keeper: Connection) -> None:
    tell(db, "read", LONG_AGO)
    events.advance(db, "reader", events.read(db, "reader"))
    db.commit()
    tell(db, "unread", LONG_AGO)

    retention.forget_events(keeper, THEN)

    assert subjects(db) == ["unread"]


def test_nobody_else_can_delete_or_change_an_event(db: Connection) -> None:
    tell(db, "kept", LONG_AGO)

    for attempt in ("DELETE FROM core_event", "UPDATE core_event SET subject = ''"):
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            db.execute(attempt)
        db.rollback()


def test_how_far_a_follower_is_behind_is_known(db: Connection) -> None:
    for number in range(3):
        tell(db, str(number), NOW)
    page = events.read(db, "reader", most=1)
    events.advance(db, "reader", page, most=1)
    db.commit()

    (behind,) = events.behind(db)

    assert (behind.follower, behind.events) == ("reader", 2)
    assert behind.seconds > 0
