"""Followers of the event log miss nothing, whatever the order of commits."""

from __future__ import annotations

from datetime import UTC, datetime

from onhand.core import events
from onhand.core.database import Connection, connect

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def tell(db: Connection, subject: str) -> None:
    events.record(db, [events.fact("test.told", subject, "tester", {"of": subject})], NOW)


def read_on(db: Connection, most: int = 500) -> list[str]:
    found = events.read(db, "reader", most=most)
    events.advance(db, "reader", found, most=most)
    db.commit()
    return [event.subject for event in found]


def test_an_event_that_commits_late_is_not_missed(db: Connection, database_url: str) -> None:
    with connect(database_url) as early, connect(database_url) as late:
        tell(early, "numbered first")
        tell(late, "committed first")
        late.commit()
        first = read_on(db)
        early.commit()

    assert (first, read_on(db)) == (["committed first"], ["numbered first"])


def test_each_event_is_read_once_page_by_page(db: Connection) -> None:
    for number in range(5):
        tell(db, str(number))
    db.commit()

    pages = [read_on(db, most=2) for _ in range(4)]

    assert pages == [["0", "1"], ["2", "3"], ["4"], []]


def test_what_was_not_dealt_with_is_read_again(db: Connection) -> None:
    tell(db, "once")
    db.commit()

    events.read(db, "reader")
    db.rollback()

    assert read_on(db) == ["once"]
