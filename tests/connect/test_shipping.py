"""When orders leave the house, and when they arrive."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from onhand.connect.online_retail.shipping import Shipping, delivery_days, local, luck


def picking_day(placed: datetime, shipping: Shipping | None = None) -> date:
    return (shipping or Shipping()).picked_at("536365", placed).date()


def test_an_order_is_picked_on_the_next_day() -> None:
    assert picking_day(datetime(2010, 12, 1, 8, 26, tzinfo=UTC)) == date(2010, 12, 2)


@pytest.mark.parametrize("day", [3, 4, 5])
def test_orders_of_friday_to_sunday_are_picked_on_monday(day: int) -> None:
    assert picking_day(datetime(2010, 12, day, 12, tzinfo=UTC)) == date(2010, 12, 6)


def test_nothing_is_picked_on_a_day_off() -> None:
    shipping = Shipping(closed=frozenset({date(2010, 12, 2), date(2010, 12, 3)}))

    assert picking_day(datetime(2010, 12, 1, 12, tzinfo=UTC), shipping) == date(2010, 12, 6)


def test_a_shop_may_work_on_sundays() -> None:
    shipping = Shipping(working_days=frozenset({6}))

    assert picking_day(datetime(2010, 12, 1, 12, tzinfo=UTC), shipping) == date(2010, 12, 5)


def test_a_shop_that_never_works_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Shipping(working_days=frozenset())


def test_orders_are_picked_one_after_the_other_through_the_working_day() -> None:
    placed = datetime(2011, 6, 1, 12, tzinfo=UTC)

    moments = {Shipping().picked_at(str(number), placed) for number in range(536365, 536465)}

    assert len(moments) > 50
    assert min(moments) >= local(date(2011, 6, 2), Shipping().opens) == datetime(2011, 6, 2, 7, tzinfo=UTC)
    assert max(moments) < datetime(2011, 6, 2, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "days"), [("GB", 2), ("IE", 3), ("JE", 3), ("FR", 4), (None, 4), ("AU", 5), ("US", 5)]
)
def test_the_farther_the_longer_on_the_road(country: str | None, days: int) -> None:
    assert delivery_days(country) == days


def test_luck_falls_the_same_every_time_and_on_every_side() -> None:
    throws = [luck(str(number), 6) for number in range(100)]

    assert throws == [luck(str(number), 6) for number in range(100)]
    assert set(throws) == {0, 1, 2, 3, 4, 5}
