"""What of an order is told to its customer: from what happened, and how things stand when it is told."""

from __future__ import annotations

from datetime import date

import pytest

from onhand.messages.news.rules import DayNews, days, steps

NINTH, TENTH = date(2026, 3, 9), date(2026, 3, 10)


@pytest.mark.parametrize(
    ("happened", "state", "told"),
    [
        (["ship"], "shipped", ["sent"]),
        (["ship"], "part_shipped", ["part_sent"]),
        (["ship", "deliver"], "delivered", ["delivered"]),
        (["ship", "deliver"], "part_shipped", ["part_sent"]),
        (["ship", "cancel"], "shipped", ["part_cancelled", "sent"]),
        (["cancel"], "cancelled", ["cancelled"]),
        (["cancel"], "placed", ["part_cancelled"]),
        (["pack"], "packed", []),
        (["promise"], "backordered", []),
        (["ship"], "cancelled", []),
    ],
)
def test_the_last_that_is_true_is_told(happened: list[str], state: str, told: list[str]) -> None:
    assert steps(happened, state) == told


@pytest.mark.parametrize(
    ("happened", "state", "told"),
    [
        (["pack"], "packed", ["ready"]),
        (["pack"], "placed", []),
        (["pack", "ship"], "shipped", ["handed_over"]),
        (["ship"], "part_shipped", ["part_handed_over"]),
        (["deliver"], "delivered", ["handed_over"]),
    ],
)
def test_what_is_fetched_is_ready_and_then_handed_over(happened: list[str], state: str, told: list[str]) -> None:
    assert steps(happened, state, fetched=True) == told


def test_a_step_is_told_once_but_what_is_cancelled_each_time() -> None:
    assert steps(["ship"], "shipped", told=["sent"]) == []
    assert steps(["cancel"], "placed", told=["part_cancelled"]) == ["part_cancelled"]


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (None, NINTH, [DayNews(1, "given", NINTH)]),
        (NINTH, TENTH, [DayNews(1, "later", TENTH)]),
        (TENTH, NINTH, [DayNews(1, "sooner", NINTH)]),
        (NINTH, None, [DayNews(1, "lost", None)]),
        (NINTH, NINTH, []),
        (None, None, []),
    ],
)
def test_another_day_than_was_said_is_told(was: date | None, now: date | None, told: list[DayNews]) -> None:
    assert days({1: was}, {1: now}) == told


def test_of_what_waits_no_longer_no_day_is_told() -> None:
    assert days({1: NINTH, 2: None}, {2: TENTH}) == [DayNews(2, "given", TENTH)]
