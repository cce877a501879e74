"""Who is promised what of the goods to come, and until when: plain arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from onhand.stock.rules import OpenSupply, come_by, promise

LONDON, LISBON = 1, 2


def day(number: int) -> datetime:
    return datetime(2026, 3, number, tzinfo=UTC)


def coming(number: int, quantity: int, *, on: int, promised: int = 0, site: int = LONDON) -> OpenSupply:
    return OpenSupply(UUID(int=number), 7, site, "purchase", "PO", day(on), Decimal(quantity), Decimal(promised), None)


def given(*supplies: OpenSupply, wanted: int, sites: tuple[int, ...] = (LONDON, LISBON)) -> list[tuple[int, int]]:
    """Which day gives how much."""
    return [(supply.due.day, int(part)) for supply, part in promise(supplies, Decimal(wanted), sites)]


def test_what_comes_soonest_is_promised_first() -> None:
    assert given(coming(1, 5, on=9), coming(2, 5, on=3), wanted=7) == [(3, 5), (9, 2)]


def test_what_is_promised_already_is_left_to_those_who_have_it() -> None:
    assert given(coming(1, 5, on=3, promised=4), wanted=7) == [(3, 1)]


def test_a_supply_that_promises_more_than_it_brings_gives_nothing() -> None:
    assert given(coming(1, 5, on=3, promised=6), coming(2, 1, on=9), wanted=2) == [(9, 1)]


def test_what_comes_to_sites_of_other_channels_is_not_promised() -> None:
    assert given(coming(1, 5, on=3, site=LISBON), coming(2, 5, on=9), wanted=2, sites=(LONDON,)) == [(9, 2)]


def test_the_day_is_that_on_which_the_last_of_it_comes() -> None:
    parts = [(Decimal(2), day(9)), (Decimal(3), day(3))]

    assert come_by(parts, Decimal(5)) == day(9)


def test_nobody_has_a_day_for_a_part() -> None:
    assert come_by([(Decimal(2), day(9))], Decimal(3)) is None
    assert come_by([], Decimal(3)) is None
