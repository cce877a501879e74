"""When a site is open, in its own zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from onhand.places.rules import Calendar, Opening, is_open, next_open, overlap

MONDAY, TUESDAY, SATURDAY, SUNDAY = 0, 1, 5, 6
NINE, SIX, MIDNIGHT = time(9), time(18), time(0)

# A London shop, Monday and Tuesday from nine to six. 2025-06-02 is a Monday in summer time, 2025-12-01 one in winter.
SHOP = Calendar("Europe/London", (Opening(MONDAY, NINE, SIX), Opening(TUESDAY, NINE, SIX)))
BAR = Calendar("Europe/London", (Opening(SATURDAY, time(20), time(2)),))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-06-02T08:00", True),  # nine in London, in summer
        ("2025-06-02T07:59", False),
        ("2025-06-02T17:00", False),  # six: the door just closed
        ("2025-12-01T08:30", False),  # half past eight in winter
        ("2025-12-01T17:59", True),
        ("2025-06-04T12:00", False),  # Wednesday
    ],
)
def test_a_shop_is_open_by_its_own_clock(moment: str, *, expected: bool) -> None:
    assert is_open(SHOP, at(moment)) is expected


def test_a_night_belongs_to_the_day_it_began() -> None:
    assert is_open(BAR, at("2025-06-08T00:30"))  # half past one on Sunday
    assert not is_open(BAR, at("2025-06-08T01:00"))
    assert not is_open(BAR, at("2025-06-07T00:30"))


def test_a_site_without_hours_is_open_round_the_clock_but_for_closed_days() -> None:
    warehouse = Calendar("Europe/London", closed=frozenset({date(2025, 12, 25)}))

    assert is_open(warehouse, at("2025-12-24T23:59"))
    assert not is_open(warehouse, at("2025-12-25T00:00"))
    assert next_open(warehouse, at("2025-12-25T08:00")) == at("2025-12-26T00:00")


def test_the_next_opening_skips_closed_days_and_crosses_the_week() -> None:
    calendar = Calendar(SHOP.time_zone, SHOP.hours, frozenset({date(2025, 6, 9)}))

    assert next_open(calendar, at("2025-06-03T20:00")) == at("2025-06-10T08:00")


def test_an_open_site_is_next_open_at_once() -> None:
    assert next_open(SHOP, at("2025-06-02T12:00")) == at("2025-06-02T12:00")


def test_a_site_shut_for_good_never_opens() -> None:
    shut = Calendar("UTC", (Opening(MONDAY, NINE, SIX),), frozenset(date.fromordinal(739_000 + n) for n in range(800)))

    assert next_open(shut, datetime.fromordinal(739_010).replace(tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ([Opening(MONDAY, NINE, time(12)), Opening(MONDAY, time(13), SIX)], False),
        ([Opening(MONDAY, NINE, time(13)), Opening(MONDAY, time(12), SIX)], True),
        ([Opening(MONDAY, NINE, SIX), Opening(MONDAY, SIX, time(20))], False),
        ([Opening(SUNDAY, time(20), time(2)), Opening(MONDAY, time(1), SIX)], True),
        ([Opening(weekday, MIDNIGHT, MIDNIGHT) for weekday in range(7)], False),
        ([], False),
    ],
)
def test_openings_overlap_when_they_share_a_moment(hours: list[Opening], *, expected: bool) -> None:
    assert overlap(hours) is expected
