"""From which site? A policy is a list of rules, asked in order; each ranks the sites, and ties go to the next.

* ``fewest_parcels``: first the site that can fill most lines whole, again and again, until nothing is left to fill.
* ``ranked``: the sites in the order the policy names them; sites it does not name come last.
* ``nearest``: the shortest way to where the goods shall go.

The decision keeps its alternatives with their scores, so that "why this site and not that one?" has an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onhand.core.quantity import ZERO, Quantity

RuleName = Literal["fewest_parcels", "ranked", "nearest"]


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a channel chooses. ``sites`` limits and ranks (empty: every active site may serve, in order of code)."""

    rules: Annotated[list[RuleName], Meta(min_length=1, max_length=3)] = msgspec.field(
        default_factory=lambda: ["fewest_parcels", "nearest"]
    )
    sites: Annotated[list[str], Meta(max_length=1000)] = []
    most_parcels: Annotated[int, Meta(ge=1, le=50)] = 5
    version: int = 0


class Candidate(msgspec.Struct, frozen=True):
    """A site that may serve. ``distance`` in kilometres to the destination, None when that is not known."""

    site: int
    code: str
    distance: float | None = None


class Alternative(msgspec.Struct, frozen=True):
    """A site that was considered: what each rule made of it, lower being better."""

    site: str
    fills: int
    scores: list[float]


class Share(msgspec.Struct, frozen=True):
    """So much of the line at ``index`` from a site."""

    index: int
    site: int
    quantity: Quantity


class Decision(msgspec.Struct, frozen=True):
    """Which site gives what; what stays short, by line; and what else was considered."""

    shares: list[Share]
    short: list[Quantity]
    alternatives: list[Alternative]


Wanted = Sequence[tuple[int, Quantity]]  # (sku, quantity) of each line
OnShelf = Callable[[int, int], Quantity]  # (sku, site) → available


def source(wanted: Wanted, candidates: Sequence[Candidate], policy: Policy, available: OnShelf) -> Decision:
    """Choose sites for the lines of one order, site by site, until all is found or no site can add anything."""
    left = [quantity for _, quantity in wanted]
    stock = _stock(wanted, candidates, available)
    shares: list[Share] = []
    alternatives = _alternatives(wanted, left, candidates, policy, stock)
    open_sites = {candidate.site: candidate for candidate in candidates}
    for _ in range(policy.most_parcels):
        best = _best(wanted, left, list(open_sites.values()), policy, stock)
        if best is None:
            break
        del open_sites[best.site]
        shares += _fill(wanted, left, best, stock)
        if not any(left):
            break
    return Decision(shares, left, alternatives)


def _stock(wanted: Wanted, candidates: Sequence[Candidate], available: OnShelf) -> dict[tuple[int, int], Quantity]:
    skus = {sku for sku, _ in wanted}
    return {(sku, each.site): available(sku, each.site) for sku in skus for each in candidates}


def _best(
    wanted: Wanted,
    left: Sequence[Quantity],
    candidates: Sequence[Candidate],
    policy: Policy,
    stock: Mapping[tuple[int, int], Quantity],
) -> Candidate | None:
    able = [each for each in candidates if _gives_any(wanted, left, each, stock)]
    return min(able, key=lambda each: (*_scores(wanted, left, each, policy, stock), each.code), default=None)


def _gives_any(
    wanted: Wanted, left: Sequence[Quantity], candidate: Candidate, stock: Mapping[tuple[int, int], Quantity]
) -> bool:
    return any(short > 0 and stock[sku, candidate.site] > 0 for (sku, _), short in zip(wanted, left, strict=True))


def _fills(
    wanted: Wanted, left: Sequence[Quantity], candidate: Candidate, stock: Mapping[tuple[int, int], Quantity]
) -> int:
    """How many of the lines still short this site could fill whole."""
    return sum(short > 0 and stock[sku, candidate.site] >= short for (sku, _), short in zip(wanted, left, strict=True))


def _scores(
    wanted: Wanted,
    left: Sequence[Quantity],
    candidate: Candidate,
    policy: Policy,
    stock: Mapping[tuple[int, int], Quantity],
) -> list[float]:
    scores: list[float] = []
    for rule in policy.rules:
        if rule == "fewest_parcels":
            scores.append(-_fills(wanted, left, candidate, stock))
        elif rule == "nearest":
            scores.append(candidate.distance if candidate.distance is not None else 1e9)
        else:
            scores.append(policy.sites.index(candidate.code) if candidate.code in policy.sites else len(policy.sites))
    return scores


def _alternatives(
    wanted: Wanted,
    left: Sequence[Quantity],
    candidates: Sequence[Candidate],
    policy: Policy,
    stock: Mapping[tuple[int, int], Quantity],
) -> list[Alternative]:
    return [
        Alternative(each.code, _fills(wanted, left, each, stock), _scores(wanted, left, each, policy, stock))
        for each in candidates[:20]
    ]


def _fill(
    wanted: Wanted, left: list[Quantity], candidate: Candidate, stock: dict[tuple[int, int], Quantity]
) -> list[Share]:
    shares = []
    for index, (sku, _) in enumerate(wanted):
        quantity = min(left[index], stock[sku, candidate.site])
        if quantity > ZERO:
            left[index] -= quantity
            stock[sku, candidate.site] -= quantity
            shares.append(Share(index, candidate.site, quantity))
    return shares
