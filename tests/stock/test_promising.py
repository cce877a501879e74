"""The arithmetic of availability. Vectors: Vendure's saleable, NetSuite's discrete available-to-promise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from onhand.stock.rules import Due, available, discrete_atp, promise_date

JANUARY, TENTH, FIFTEENTH, MARCH = date(2026, 1, 1), date(2026, 2, 10), date(2026, 2, 15), date(2026, 3, 1)
RECEIPTS = [Due(JANUARY, Decimal(50)), Due(TENTH, Decimal(40)), Due(FIFTEENTH, Decimal(50)), Due(MARCH, Decimal(50))]
DEMAND = {JANUARY: Decimal(30), TENTH: Decimal(40), FIFTEENTH: Decimal(10)}
FALLBACK = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("on_hand", "unsellable", "reserved", "left"), [(10, 0, 0, 10), (10, 3, 0, 7), (10, 0, 5, 5), (10, 3, 5, 2)]
)
def test_available_is_on_hand_less_unsellable_less_reserved(
    on_hand: int, unsellable: int, reserved: int, left: int
) -> None:
    assert available(Decimal(on_hand), Decimal(unsellable), Decimal(reserved)) == left


def test_each_receipt_promises_what_is_not_committed_before_the_next() -> None:
    assert discrete_atp(RECEIPTS, DEMAND) == [20, 0, 40, 50]


@pytest.mark.parametrize(("asked", "promised"), [(10, JANUARY), (30, FIFTEENTH), (100, FALLBACK)])
def test_the_first_receipt_that_covers_it_is_the_promise(asked: int, promised: date) -> None:
    left = discrete_atp(RECEIPTS, DEMAND)

    assert promise_date(RECEIPTS, left, Decimal(asked), FALLBACK) == promised
