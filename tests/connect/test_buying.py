"""What the shop orders from its suppliers, week by week."""

from __future__ import annotations

from onhand.connect.online_retail.buying import WEEKS_COVERED, WEEKS_WATCHED, RegionBuyer


def test_nothing_is_ordered_while_there_is_enough() -> None:
    buyer = RegionBuyer()
    buyer.expect("71053", 50)

    buyer.sold("71053", 10)

    assert list(buyer.review()) == []


def test_when_four_weeks_are_not_covered_six_are() -> None:
    buyer = RegionBuyer()
    buyer.expect("71053", 49)

    buyer.sold("71053", 10)

    assert list(buyer.review()) == [("71053", 10 * WEEKS_COVERED - 39)]


def test_what_is_owed_is_ordered_on_top() -> None:
    buyer = RegionBuyer()

    buyer.sold("71053", 10)

    assert list(buyer.review()) == [("71053", 10 * WEEKS_COVERED + 10)]


def test_what_was_ordered_is_not_ordered_again() -> None:
    buyer = RegionBuyer()
    buyer.sold("71053", 10)
    ordered = dict(buyer.review())

    buyer.expect("71053", ordered["71053"])

    assert list(buyer.review()) == []


def test_a_sale_undone_was_no_demand() -> None:
    buyer = RegionBuyer()

    buyer.sold("71053", 10)
    buyer.sold("71053", -10)

    assert list(buyer.review()) == []


def test_what_nobody_asked_for_in_eight_weeks_is_not_ordered() -> None:
    buyer = RegionBuyer()
    buyer.expect("71053", 100)
    buyer.sold("71053", 80)

    weeks = [list(buyer.review()) for _ in range(WEEKS_WATCHED + 1)]

    assert weeks[0]
    assert weeks[-1] == []


def test_skus_are_ordered_in_the_order_of_their_codes() -> None:
    buyer = RegionBuyer()

    for sku in ("85123A", "22728", "71053"):
        buyer.sold(sku, 1)

    assert [sku for sku, _ in buyer.review()] == ["22728", "71053", "85123A"]
