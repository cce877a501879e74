"""The follower of the log: what it raises, adds to, and passes over; and what is done with an alert."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from onhand.access.watching import actions, queries
from onhand.access.watching.rules import Policy
from onhand.core.asks import Actor
from onhand.core.database import Connection, connect
from onhand.core.events import fact, record
from onhand.core.refusals import refused
from shop import Shop

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TABLE = [
    "network,latitude,longitude,name,site",
    "203.0.113.0/24,,,,london",
    "198.51.0.0/16,35.7,139.7,Tokyo,",
    "192.0.2.0/24,,,VPN,",
]


@pytest.fixture
def follower(shop: Shop, database_url: str) -> Iterator[Connection]:
    with connect(database_url, autocommit=True) as db:
        yield db


def watch(follower: Connection, now: datetime = NOW) -> actions.Watched:
    positions = {"london": (51.5, -0.1)}
    return actions.watch(follower, Policy(), now, position_of=positions.get)


def refuse(shop: Shop, times: int, at: datetime = NOW) -> None:
    record(shop.db, [fact("access.refused", "person/ana", "person/ana", {"times": times})], at)
    shop.db.commit()


def sign_in(shop: Shop, address: str, at: datetime) -> None:
    actor = Actor("person/ana", f"web {address}")
    record(shop.db, [fact("session.begun", "person/ana", actor, {"known_browser": True})], at)
    shop.db.commit()


def test_a_situation_is_one_alert_and_what_belongs_to_it_is_added(shop: Shop, follower: Connection) -> None:
    refuse(shop, 30)
    assert watch(follower).raised == 1
    refuse(shop, 5, NOW + timedelta(minutes=1))
    assert watch(follower).raised == 0

    (alert,) = queries.alerts(follower).items
    assert (alert.kind, alert.who, alert.state, alert.severity) == ("many_refusals", "person/ana", "open", "medium")
    assert [each.kind for each in alert.evidence] == ["access.refused"] * 2
    assert alert.facts == {"times": 35}


def test_that_something_was_noticed_is_on_record(shop: Shop, follower: Connection) -> None:
    refuse(shop, 30)
    watch(follower)

    told = follower.execute("SELECT subject, actor, data->>'kind' FROM core_event WHERE kind = 'alert.raised'")
    assert told.fetchall() == [("person/ana", "system", "many_refusals")]


def test_what_is_old_news_is_learnt_from_and_not_told_of(shop: Shop, follower: Connection) -> None:
    refuse(shop, 30)

    assert watch(follower, NOW + timedelta(days=3)).raised == 0
    assert queries.alerts(follower).items == []


def test_what_is_remembered_lasts_from_one_look_to_the_next(shop: Shop, follower: Connection) -> None:
    for _ in range(3):
        refuse(shop, 10)
        watch(follower)

    assert queries.unclosed(follower) == 1


def test_an_address_lies_where_the_table_or_the_site_says(shop: Shop, follower: Connection) -> None:
    assert actions.bring_networks(follower, TABLE, actor="system", now=NOW) == 3
    sign_in(shop, "203.0.113.9", NOW)
    sign_in(shop, "192.0.2.9", NOW + timedelta(minutes=5))
    sign_in(shop, "198.51.7.9", NOW + timedelta(minutes=40))

    watch(follower, NOW + timedelta(hours=1))

    (alert,) = queries.alerts(follower).items
    assert (alert.kind, alert.facts["from"], alert.facts["to"]) == ("impossible_travel", "london", "Tokyo")
    assert actions.networks(follower) == 3


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("nonsense,1,2,,", "Line 2: 'nonsense'"),
        ("10.0.0.0/8,1,,,", "latitude and longitude go together"),
        ("10.0.0.0/8,91,2,,", "latitude goes from"),
        ("10.0.0.0/8,x,2,,", "Line 2: could not convert"),
    ],
)
def test_a_table_that_is_wrong_is_refused_and_changes_nothing(follower: Connection, row: str, fault: str) -> None:
    actions.bring_networks(follower, TABLE, actor="system", now=NOW)

    with pytest.raises(actions.BadTable, match=fault):
        actions.bring_networks(follower, [TABLE[0], row], actor="system", now=NOW)
    assert actions.networks(follower) == 3


def test_an_alert_is_taken_in_hand_and_closed_with_a_note_once(shop: Shop, follower: Connection) -> None:
    refuse(shop, 30)
    watch(follower)
    (alert,) = queries.alerts(follower).items

    assert actions.look_at(follower, alert.id, actor="person/ben", now=NOW) is None
    blank = actions.close(follower, alert.id, " ", actor="person/ben", now=NOW)
    assert actions.close(follower, alert.id, "A bookmark of old.", actor="person/ben", now=NOW) is None
    again = actions.close(follower, alert.id, "Again.", actor="person/ben", now=NOW)
    unknown = actions.look_at(follower, 999_999, actor="person/ben", now=NOW)

    assert [each.code for each in (blank, again, unknown) if refused(each)] == [
        "bad_note",
        "alert_not_open",
        "unknown_alert",
    ]
    closed = queries.alert(follower, alert.id)
    assert closed is not None
    assert (closed.state, closed.looked_by, closed.closed_by, closed.note) == (
        "closed",
        "person/ben",
        "person/ben",
        "A bookmark of old.",
    )
    kinds = follower.execute(
        "SELECT kind, data ? 'note' FROM core_event WHERE kind LIKE 'alert.%' ORDER BY seq"
    ).fetchall()
    assert kinds == [("alert.raised", False), ("alert.looked_at", False), ("alert.closed", False)]


def test_a_closed_situation_stays_closed(shop: Shop, follower: Connection) -> None:
    refuse(shop, 30)
    watch(follower)
    (alert,) = queries.alerts(follower).items
    actions.close(follower, alert.id, "A bookmark of old.", actor="person/ben", now=NOW)
    refuse(shop, 30, NOW + timedelta(minutes=1))
    watch(follower)

    assert queries.unclosed(follower) == 0


def test_whoever_was_not_seen_for_long_is_forgotten(shop: Shop, follower: Connection) -> None:
    refuse(shop, 1)
    watch(follower)

    assert actions.forget(follower, NOW + timedelta(days=399)) == 0
    assert actions.forget(follower, NOW + timedelta(days=401)) > 0
