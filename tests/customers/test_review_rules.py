"""What reviews and scores add up to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from onhand.customers.reviews.rules import CHANGEABLE, Promotion, Rating, kind_of, may_change

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("promotion", "net"),
    [
        (Promotion(), None),
        (Promotion(1), 100),
        (Promotion(0, 0, 1), -100),
        (Promotion(0, 5, 0), 0),
        (Promotion(50, 30, 20), 30),
        (Promotion(1, 1, 1), 0),
        (Promotion(2, 0, 1), 33),
        (Promotion(1, 0, 2), -33),
    ],
)
def test_the_score_is_the_share_of_promoters_less_that_of_detractors(promotion: Promotion, net: int | None) -> None:
    assert promotion.net == net


def test_nine_and_ten_promote_and_up_to_six_detract() -> None:
    kinds = [kind_of(score) for score in range(11)]

    assert kinds == ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2


@pytest.mark.parametrize(
    ("counts", "count", "average"),
    [
        ((0, 0, 0, 0, 0), 0, None),
        ((0, 0, 0, 0, 3), 3, Decimal("5.0")),
        ((1, 0, 0, 0, 1), 2, Decimal("3.0")),
        ((0, 0, 1, 0, 2), 3, Decimal("4.3")),
        ((0, 0, 0, 19, 1), 20, Decimal("4.1")),
    ],
)
def test_a_rating_is_the_average_of_its_stars_to_a_tenth(
    counts: tuple[int, int, int, int, int], count: int, average: Decimal | None
) -> None:
    rating = Rating(counts)

    assert (rating.count, rating.average) == (count, average)


def test_a_review_may_be_changed_for_thirty_days() -> None:
    assert may_change(NOON, NOON + CHANGEABLE)
    assert not may_change(NOON, NOON + CHANGEABLE + timedelta(seconds=1))
