"""When goods run out: what follows from the figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from onhand.planning.rules import Running, a_day, is_late, run_out

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def running(available: int = 10, month: int = 56, week: int = 14, days: int = 28, **facts: object) -> Running:
    first = NOW - timedelta(days=days) if month else None
    return Running(Decimal(available), Decimal(month), Decimal(week), first, **{"due": None, **facts})  # type: ignore[arg-type]


def test_a_rate_is_that_of_a_month() -> None:
    assert a_day(running(), NOW) == 2


def test_a_rise_in_the_last_week_counts_at_once() -> None:
    assert a_day(running(month=70, week=49), NOW) == 7


def test_what_is_new_has_sold_for_a_week_at_least() -> None:
    assert a_day(running(month=14, week=14, days=1), NOW) == 2
    assert a_day(running(month=14, week=7, days=14), NOW) == 1


def test_what_does_not_sell_never_runs_out() -> None:
    assert run_out(running(month=0, week=0), NOW) is None


def test_what_is_gone_has_run_out_already() -> None:
    assert run_out(running(available=0), NOW) is None


def test_the_day_is_when_what_is_there_has_gone_at_this_rate() -> None:
    found = run_out(running(available=10), NOW)

    assert found == (NOW + timedelta(days=5), NOW + timedelta(days=7), Decimal(2))


def test_who_is_restocked_in_time_is_not_told_of() -> None:
    assert run_out(running(available=10, due=NOW + timedelta(days=4)), NOW) is None
    assert run_out(running(available=10, lead_days=5), NOW) is None


def test_a_delivery_that_is_overdue_is_not_counted_on() -> None:
    found = run_out(running(available=10, due=NOW - timedelta(days=1)), NOW)

    assert found is not None
    assert found.restocked == NOW + timedelta(days=7)


def test_a_delivery_is_late_a_day_after_it_was_due() -> None:
    assert not is_late(NOW - timedelta(hours=23), NOW)
    assert is_late(NOW - timedelta(hours=25), NOW)
    assert not is_late(None, NOW)


@given(
    st.decimals(0, 10**6, places=3),
    st.decimals(0, 10**6, places=3),
    st.integers(0, 28),
    st.integers(0, 730),
    st.integers(1, 10**5),
)
def test_more_stock_never_runs_out_sooner_and_whoever_is_told_of_is_in_want(
    available: Decimal, month: Decimal, days: int, lead: int, more: int
) -> None:
    now = Running(available, month, month / 4, NOW - timedelta(days=days), None, lead)
    richer = Running(available + more, month, month / 4, NOW - timedelta(days=days), None, lead)

    told, later = run_out(now, NOW), run_out(richer, NOW)

    if told:
        assert NOW < told.at < told.restocked
    if later and available > 0:
        assert told
        assert told.at <= later.at
