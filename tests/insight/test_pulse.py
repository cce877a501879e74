"""The shop's pulse: right to the minute, and cheap however large the shop is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onhand.core.database import Connection
from onhand.core.ids import first_id, new_id
from onhand.insight.pulse import FRESH_SECONDS, SETTLED_SECONDS, Finger
from shop import Shop

NOON = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Listener:
    """A connection that notes what it was asked."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.asked: list[tuple[str, Any]] = []

    def execute(self, query: Any, params: Any = None) -> Any:
        self.asked.append((query, params))
        return self.db.execute(query, params)

    def minutes(self) -> list[int]:
        """How many minutes were counted, question by question."""
        return [len(params["begin"]) for _, params in self.asked if params and "begin" in params]


@pytest.fixture
def watch() -> Watch:
    return Watch()


def order(db: Connection, at: datetime) -> None:
    """Somebody ordered at a moment."""
    chance = new_id().int & ((1 << 80) - 1)
    moment = first_id(at).int | chance
    db.execute(
        "INSERT INTO orders_order (id, channel_id, number, currency, state, placed_at)"
        " VALUES (%s, 1, %s, 'GBP', 'placed', %s)",
        (f"{moment:032x}", str(moment), at),
    )


def test_orders_are_counted_in_the_minute_they_came(db: Connection, watch: Watch) -> None:
    for at in (NOON, NOON - MINUTE, NOON - MINUTE, NOON - 59 * MINUTE, NOON - 60 * MINUTE):
        order(db, at)

    felt = Finger(watch).feel(db, NOON)

    assert (felt.by_minute[-1], felt.by_minute[-2], felt.by_minute[0]) == (1, 2, 1)
    assert felt.last_hour == 4


def test_the_last_minute_is_sixty_seconds_and_not_what_the_clock_shows(db: Connection, watch: Watch) -> None:
    for seconds in (1, 31, 59, 61):
        order(db, NOON - timedelta(seconds=seconds))

    assert Finger(watch).feel(db, NOON).last_minute == 3


def test_a_minute_that_is_over_is_counted_once(db: Connection, watch: Watch) -> None:
    finger, listener = Finger(watch), Listener(db)

    finger.feel(listener, NOON)
    watch.seconds += FRESH_SECONDS + 0.1
    finger.feel(listener, NOON + MINUTE)

    # Each time the last sixty seconds by themselves, and the minutes that are not over, or may still change.
    assert listener.minutes() == [1, 60, 1, 3]


def test_an_order_committed_a_little_late_is_not_missed(db: Connection, watch: Watch) -> None:
    finger, late = Finger(watch), NOON.replace(second=59)

    finger.feel(db, late + timedelta(seconds=2))
    order(db, late)
    watch.seconds += FRESH_SECONDS + 0.1

    assert finger.feel(db, late + timedelta(seconds=5)).by_minute[-2] == 1


def test_who_asks_at_the_same_moment_costs_nothing(db: Connection, watch: Watch) -> None:
    finger, listener = Finger(watch), Listener(db)

    finger.feel(listener, NOON)
    asked = len(listener.asked)
    finger.feel(listener, NOON)

    assert len(listener.asked) == asked


def test_whole_tables_are_looked_at_seldom(shop: Shop, watch: Watch) -> None:
    finger = Finger(watch)
    before = finger.feel(shop.db, NOON).at_large
    shop.stock("mug", 3)
    shop.do(shop.order(("mug", 5)))

    watch.seconds += FRESH_SECONDS + 0.1
    soon = finger.feel(shop.db, NOON).at_large
    watch.seconds += SETTLED_SECONDS
    later = finger.feel(shop.db, NOON).at_large

    assert soon == before
    assert (later.sites, later.skus, later.on_hand, later.waiting, later.lines_waiting) == (2, 2, 3, 2, 1)


def test_what_happened_is_told_by_the_names_people_know(shop: Shop, watch: Watch) -> None:
    first = shop.order(("mug", 2))
    shop.do(first)
    shop.do(shop.order(("lamp", 1)))
    shop.stock("mug", 2)

    news = {each.kind: each for each in Finger(watch).feel(shop.db, NOON).news}

    assert news["order.placed"].others == 1
    assert news["order.backorder_served"].facts == {
        "number": first.number,
        "sku": "mug",
        "site": "london",
        "quantity": "2",
    }
    assert news["stock.received"].facts["site"] == "london"
