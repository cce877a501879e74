"""What it costs to let things wait: a day's delay of what is dear, near its customer, urgent or old comes first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from onhand.core.money import Money
from onhand.insight.home.rules import MOST_DAYS, Task, cost, ranked

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
AVERAGES = {"GBP": Decimal(50), "BRL": Decimal(300)}


def task(kind: str = "ship", worth: int = 100, currency: str = "GBP", days: float = 0, **facts: Any) -> Task:
    return Task(kind, ("web", "N1"), "N1", NOW - timedelta(days=days), Money(Decimal(worth), currency), **facts)


@pytest.mark.parametrize(
    ("dearer", "cheaper"),
    [
        (task(worth=200), task(worth=100)),
        (task(days=3), task(days=1)),
        (task("ship"), task("confirm")),
        (task("gone"), task("low")),
        (task(priority=50), task()),
        (task(worth=100, currency="GBP"), task(worth=500, currency="BRL")),
        (Task("incident_critical", ("1",), "down", NOW), task(worth=10_000, kind="confirm")),
    ],
)
def test_what_another_day_costs_more_comes_first(dearer: Task, cheaper: Task) -> None:
    assert [each.task for each in ranked([cheaper, dearer], AVERAGES, NOW, most=2)] == [dearer, cheaper]


def test_a_days_delay_of_two_average_orders_ready_to_be_shipped_costs_twelve_hundredths_of_each() -> None:
    assert cost(task("ship", 100), AVERAGES, NOW) == pytest.approx(0.24)


def test_what_nobody_did_in_a_month_grows_no_dearer() -> None:
    assert cost(task(days=MOST_DAYS), AVERAGES, NOW) == cost(task(days=400), AVERAGES, NOW)


def test_a_currency_in_which_nothing_was_ordered_yet_counts_against_the_mean_of_the_others() -> None:
    assert cost(task(worth=175, currency="EUR"), AVERAGES, NOW) == pytest.approx(0.12)
    assert cost(task(worth=1, currency="EUR"), {}, NOW) == pytest.approx(0.12)


def test_what_has_no_price_costs_nothing_to_leave_but_is_listed_oldest_first() -> None:
    new, old = (Task("low", ("mug", "london"), "Mug", NOW - timedelta(days=days)) for days in (1, 2))

    assert [each.task for each in ranked([new, old], AVERAGES, NOW, most=2)] == [old, new]
