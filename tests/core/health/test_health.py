"""Samples by the minute, uptime to the second, hours summed up, incidents and how soon somebody came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from onhand.core.backup import records
from onhand.core.database import Connection, connect
from onhand.core.health import actions, queries
from onhand.core.health.rules import Trouble
from onhand.core.health.sampling import Sampler
from onhand.core.refusals import refused

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DOWN = Trouble("down", "", "critical", {"seconds": 30})


@pytest.fixture
def house(db: Connection, database_url: str) -> Iterator[Connection]:
    with connect(database_url, autocommit=True) as connection:
        yield connection


def tick(sampler: Sampler, begin: datetime, seconds: int, *, ready: bool = True, every: float = 1.0) -> None:
    for number in range(int(seconds / every)):
        sampler.second(begin + timedelta(seconds=number * every), ready=ready, queued=number % 7)


def begun(url: str) -> None:
    """The house began a minute before noon; that minute does not count."""
    sampler = Sampler()
    sampler.process = "first"
    tick(sampler, NOON - MINUTE, 20)
    written(sampler, url)


def written(sampler: Sampler, url: str) -> None:
    sampler.write(lambda: connect(url), last=True)


def up(house: Connection, now: datetime, back: timedelta = timedelta(hours=24)) -> tuple[int, int]:
    steps = queries.up(house, now - back, now)
    return sum(each.seconds for each in steps), sum(each.up for each in steps)


def test_a_minute_says_in_which_seconds_the_process_could_serve(house: Connection, database_url: str) -> None:
    begun(database_url)
    sampler = Sampler()
    tick(sampler, NOON, 40)
    tick(sampler, NOON + timedelta(seconds=40), 20, ready=False)
    tick(sampler, NOON + MINUTE, 60)
    written(sampler, database_url)

    assert up(house, NOON + 3 * MINUTE) == (120, 100)
    assert queries.uptime(queries.up(house, NOON, NOON + 3 * MINUTE)) == pytest.approx(100 / 120)


def test_looks_that_come_a_little_late_lose_nothing(house: Connection, database_url: str) -> None:
    begun(database_url)
    sampler = Sampler()
    tick(sampler, NOON, 180, every=1.25)
    written(sampler, database_url)

    assert up(house, NOON + 3 * MINUTE)[1] >= 119


def test_a_minute_nobody_wrote_about_is_one_in_which_nobody_served(house: Connection, database_url: str) -> None:
    begun(database_url)
    sampler = Sampler()
    tick(sampler, NOON, 60)
    tick(sampler, NOON + 3 * MINUTE, 60)
    written(sampler, database_url)

    assert up(house, NOON + 5 * MINUTE) == (240, 120)
    assert queries.down_seconds(house, NOON + 5 * MINUTE) == 120


def test_one_of_several_processes_is_enough(house: Connection, database_url: str) -> None:
    begun(database_url)
    for begin, seconds in ((0, 35), (30, 30)):
        sampler = Sampler()
        sampler.process = f"host:{begin}"
        tick(sampler, NOON + timedelta(seconds=begin), seconds)
        written(sampler, database_url)

    assert up(house, NOON + 2 * MINUTE) == (60, 60)


def test_the_minute_in_which_the_house_began_is_held_against_nobody(house: Connection, database_url: str) -> None:
    begun(database_url)

    assert queries.uptime(queries.up(house, NOON - MINUTE, NOON + MINUTE)) is None
    assert queries.down_seconds(house, NOON + MINUTE) == 0


def test_before_the_first_sample_nothing_is_held_against_anybody(house: Connection) -> None:
    assert queries.uptime(queries.up(house, NOON - timedelta(days=1), NOON)) is None
    assert queries.down_seconds(house, NOON) == 0
    actions.sum_up(house, NOON)


def test_requests_are_counted_by_door_with_their_faults_and_times(house: Connection, database_url: str) -> None:
    sampler = Sampler()
    tick(sampler, NOON, 5)
    for number in range(100):
        sampler.answered("api", 500 if number < 3 else 200, 0.02)
    sampler.answered("live", 200, None)
    written(sampler, database_url)

    doors = queries.by_door(queries.traffic(house, NOON - MINUTE, NOON + 2 * MINUTE))

    assert (doors["api"].requests, doors["api"].errors, doors["api"].slower[2]) == (100, 3, 100)
    assert doors["live"].requests == 1
    assert queries.queued(house, NOON + MINUTE) == 4


def test_samples_wait_for_a_database_that_does_not_answer(house: Connection, database_url: str) -> None:
    sampler = Sampler()
    tick(sampler, NOON, 61)

    assert sampler.write(lambda: connect("postgresql://nobody@127.0.0.1:1/nothing")) == 0
    assert sampler.write(lambda: connect(database_url)) == 1
    assert sampler.write(lambda: connect(database_url)) == 0


def test_hours_hold_what_minutes_held_also_those_in_which_nobody_served(house: Connection, database_url: str) -> None:
    sampler = Sampler()
    tick(sampler, NOON + 30 * MINUTE, 600)
    sampler.answered("api", 503, 0.2)
    sampler.answered("api", 200, 0.02)
    tick(sampler, NOON + timedelta(hours=2), 3600)
    written(sampler, database_url)
    now = NOON + timedelta(hours=3, minutes=5)
    actions.sum_up(house, now)
    actions.sum_up(house, now)

    rows = house.execute("SELECT hour, seconds, up FROM core_health_hour WHERE door = '' ORDER BY hour").fetchall()
    assert [(hour.hour, seconds, served) for hour, seconds, served in rows] == [
        (12, 1800, 600),
        (13, 3600, 0),
        (14, 3600, 3600),
    ]
    month = timedelta(days=30)
    assert queries.uptime(queries.up(house, now - month, now)) == pytest.approx(4200 / 9240)
    api = queries.by_door(queries.traffic(house, now - month, now))["api"]
    assert (api.requests, api.errors, sum(api.slower)) == (2, 1, 2)


def test_old_minutes_go_when_they_are_summed_up(house: Connection, database_url: str) -> None:
    sampler = Sampler()
    tick(sampler, NOON, 120)
    written(sampler, database_url)
    actions.sum_up(house, NOON + timedelta(days=9))

    assert house.execute("SELECT count(*) FROM core_health_minute").fetchone() == (0,)
    assert house.execute("SELECT sum(up) FROM core_health_hour").fetchone() == (120,)


def test_a_trouble_is_one_incident_until_it_has_been_gone_for_a_while(house: Connection) -> None:
    assert actions.follow_up(house, [DOWN], NOON) == 1
    assert actions.follow_up(house, [DOWN], NOON + MINUTE) == 0
    assert actions.follow_up(house, [], NOON + 2 * MINUTE) == 0
    (going,) = queries.incidents(house, only_open=True).items
    actions.follow_up(house, [], NOON + 8 * MINUTE)

    (over,) = queries.incidents(house).items
    assert (going.id, going.resolved_at) == (over.id, None)
    assert (over.resolved_at, over.resolved_by) == (NOON + MINUTE, "system")
    kinds = house.execute("SELECT kind FROM core_event ORDER BY seq").fetchall()
    assert kinds == [("incident.opened",), ("incident.resolved",)]


def test_it_is_known_how_soon_somebody_came_and_when_it_was_over(house: Connection) -> None:
    assert actions.open_by_hand(house, "The tills are slow", "major", actor="person/ana", now=NOON) is None
    (incident,) = queries.incidents(house).items
    assert actions.acknowledge(house, incident.id, actor="person/ben", now=NOON + 4 * MINUTE) is None
    again = actions.acknowledge(house, incident.id, actor="person/cleo", now=NOON + 5 * MINUTE)
    assert actions.resolve(house, incident.id, "A cable", actor="person/ben", now=NOON + 30 * MINUTE) is None
    ended = actions.resolve(house, incident.id, "", actor="person/ben", now=NOON + 31 * MINUTE)
    unknown = actions.resolve(house, 999_999, "", actor="person/ben", now=NOON)

    assert [each.code for each in (again, ended, unknown) if refused(each)] == [
        "incident_not_open",
        "incident_not_open",
        "unknown_incident",
    ]
    response = queries.response(house, NOON - timedelta(days=90))
    assert response == (1, 1, 240.0, 1800.0)


def test_an_incident_by_hand_says_what_is_wrong(house: Connection) -> None:
    blank = actions.open_by_hand(house, " ", "major", actor="person/ana", now=NOON)
    odd = actions.open_by_hand(house, "Slow", "awful", actor="person/ana", now=NOON)

    assert [each.field for each in (blank, odd) if refused(each)] == ["words", "severity"]


def test_who_ends_what_nobody_came_to_has_come_to_it(house: Connection) -> None:
    actions.follow_up(house, [DOWN], NOON)
    (incident,) = queries.incidents(house).items
    actions.resolve(house, incident.id, "", actor="person/ana", now=NOON + MINUTE)

    found = queries.incident(house, incident.id)
    assert found is not None
    assert (found.acknowledged_by, found.acknowledged_at) == ("person/ana", NOON + MINUTE)


def test_backups_and_drills_tell_of_themselves(house: Connection) -> None:
    assert records.last_backup(house) is None
    taken = {"id": "b1", "kind": "full", "stored_bytes": 7, "seconds": 1.5}
    drilled = {"passed": False, "rto_seconds": 2.0, "rpo_seconds": 1.0, "said": "nothing could be read"}
    records.note(house, records.TAKEN, taken, NOON)
    records.note(house, records.DRILLED, drilled, NOON)

    assert records.last_backup(house) == (NOON, "b1", "full", 7, 1.5)
    assert records.last_drill(house) == (NOON, False, 2.0, 1.0, "nothing could be read")


def test_the_database_server_says_how_it_fares(house: Connection) -> None:
    server = queries.server(house)

    assert 0 < server.connections <= server.most_connections
    assert server.bytes > 1_000_000
    assert server.standbys == 0
