"""When somebody is told of an alert."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from onhand.messages.alerts import rules
from onhand.messages.alerts.rules import Preference, told_when

LISBON = ZoneInfo("Europe/Lisbon")
NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NIGHT = Preference(quiet_from=time(22), quiet_until=time(7))


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_at_once_is_now() -> None:
    assert told_when(Preference(), NOON, LISBON) == NOON


def test_what_comes_soon_after_a_letter_is_gathered_into_the_next() -> None:
    assert told_when(Preference(), NOON, LISBON, NOON - timedelta(minutes=1)) == NOON + timedelta(minutes=4)
    assert told_when(Preference(), NOON, LISBON, NOON - timedelta(hours=1)) == NOON


def test_quiet_hours_go_over_midnight_and_end_in_the_morning_of_the_site() -> None:
    assert told_when(NIGHT, at(2, 23, 30), LISBON) == at(3, 7)
    assert told_when(NIGHT, at(3, 2), LISBON) == at(3, 7)
    assert told_when(NIGHT, at(3, 7), LISBON) == at(3, 7)
    assert told_when(NIGHT, at(3, 3), NEW_YORK) == at(3, 12), "it is ten at night there"
    assert told_when(NIGHT, at(3, 2), NEW_YORK) == at(3, 2), "and nine there"


def test_quiet_hours_by_day_are_quiet_by_day() -> None:
    siesta = Preference(quiet_from=time(13), quiet_until=time(15))

    assert told_when(siesta, at(2, 14), LISBON) == at(2, 15)
    assert told_when(siesta, at(2, 12), LISBON) == at(2, 12)


def test_a_digest_comes_at_its_hour_on_the_clock_of_the_site() -> None:
    digest = Preference(pace="digest", digest_at=time(8))

    assert told_when(digest, NOON, LISBON) == at(3, 8)
    assert told_when(digest, at(2, 7, 59), LISBON) == at(2, 8)
    assert told_when(digest, NOON, NEW_YORK) == at(2, 13)


def test_a_digest_within_quiet_hours_waits_for_their_end() -> None:
    digest = Preference(pace="digest", digest_at=time(6), quiet_from=time(22), quiet_until=time(7))

    assert told_when(digest, NOON, LISBON) == at(3, 7)


def test_an_hour_that_summer_time_leaves_out_comes_all_the_same() -> None:
    # On 29 March 2026 the clocks of Lisbon go from 1:00 to 2:00.
    digest = Preference(pace="digest", digest_at=time(1, 30))

    assert told_when(digest, at(28, 12), LISBON) == at(29, 1, 30)


@pytest.mark.parametrize("hour", range(24))
def test_whatever_the_hour_nobody_is_told_in_quiet_hours_nor_more_than_a_day_late(hour: int) -> None:
    moment = at(2, hour, 17)

    told = told_when(NIGHT, moment, NEW_YORK, moment - timedelta(minutes=2))

    assert not rules.is_between(told.astimezone(NEW_YORK).time(), time(22), time(7))
    assert moment <= told < moment + timedelta(days=1)


def test_nothing_left_is_most_urgent() -> None:
    assert (
        rules.urgency("below_threshold", nothing_left=True)
        > rules.urgency("below_threshold")
        > rules.urgency("will_run_out")
    )


def test_who_has_no_device_hears_by_mail_of_what_devices_would_show() -> None:
    both, only = Preference(("email", "push")), Preference(("push",))

    assert rules.ways(both, devices=True) == {"email", "push"}
    assert rules.ways(both, devices=False) == {"email"}
    assert rules.ways(only, devices=False) == {"email"}
    assert rules.ways(Preference(()), devices=False) == frozenset()
