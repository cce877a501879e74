"""From which site? Pure rules, no database."""

from __future__ import annotations

from decimal import Decimal

from onhand.core.quantity import Quantity
from onhand.sourcing.rules import Candidate, Decision, Policy, source

NEAR, FAR = Candidate(1, "near", 10.0), Candidate(2, "far", 900.0)
MUG, LAMP = 100, 200


def decide(
    stock: dict[tuple[int, int], int],
    *wanted: tuple[int, int],
    policy: Policy | None = None,
    sending: tuple[int, ...] = (),
) -> Decision:
    def available(sku: int, site: int) -> Quantity:
        return Decimal(stock.get((sku, site), 0))

    lines = [(sku, Decimal(quantity)) for sku, quantity in wanted]
    return source(lines, [NEAR, FAR], policy or Policy(), available, sending=sending)


def shares(decision: Decision) -> list[tuple[int, int, int]]:
    return [(share.index, share.site, int(share.quantity)) for share in decision.shares]


def test_one_parcel_from_afar_beats_two_of_which_one_is_near() -> None:
    decision = decide({(MUG, 1): 5, (MUG, 2): 5, (LAMP, 2): 5}, (MUG, 1), (LAMP, 1))

    assert shares(decision) == [(0, 2, 1), (1, 2, 1)]


def test_the_nearest_wins_where_the_policy_says_so() -> None:
    decision = decide({(MUG, 1): 5, (MUG, 2): 5, (LAMP, 2): 5}, (MUG, 1), (LAMP, 1), policy=Policy(["nearest"]))

    assert shares(decision) == [(0, 1, 1), (1, 2, 1)]


def test_the_ranking_decides_among_equals() -> None:
    policy = Policy(["ranked"], ["far", "near"])

    assert shares(decide({(MUG, 1): 5, (MUG, 2): 5}, (MUG, 1), policy=policy)) == [(0, 2, 1)]


def test_a_line_is_split_when_no_site_has_it_all() -> None:
    decision = decide({(MUG, 1): 2, (MUG, 2): 2}, (MUG, 3))

    assert shares(decision) == [(0, 1, 2), (0, 2, 1)]


def test_what_nobody_has_stays_short() -> None:
    assert decide({(MUG, 1): 2}, (MUG, 5)).short == [3]


def test_no_more_parcels_than_the_policy_allows() -> None:
    decision = decide({(MUG, 1): 2, (MUG, 2): 2}, (MUG, 3), policy=Policy(most_parcels=1))

    assert shares(decision) == [(0, 1, 2)]


def test_a_site_that_sends_a_parcel_anyway_costs_no_other() -> None:
    decision = decide({(MUG, 1): 2, (MUG, 2): 2}, (MUG, 3), policy=Policy(most_parcels=1), sending=(2,))

    assert (shares(decision), decision.short) == ([(0, 2, 2)], [1])


def test_two_lines_of_one_sku_do_not_take_the_same_piece() -> None:
    decision = decide({(MUG, 1): 3}, (MUG, 2), (MUG, 2))

    assert (shares(decision), decision.short) == ([(0, 1, 2), (1, 1, 1)], [0, 1])


def test_every_site_considered_is_remembered_with_its_scores() -> None:
    decision = decide({(MUG, 1): 1}, (MUG, 1))

    assert [(each.site, each.fills) for each in decision.alternatives] == [("near", 1), ("far", 0)]
