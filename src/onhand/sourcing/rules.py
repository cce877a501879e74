"""From which site? A policy is a list of rules, asked in order; each ranks the sites, and ties go to the next.

* ``fewest_parcels``: first the site that can fill most lines whole, again and again, until nothing is left to fill.
* ``ranked``: the sites in the order the policy names them; sites it does not name come last.
* ``nearest``: the shortest way to where the goods shall go.

The decision keeps its alternatives with their scores, so that "why this site and not that one?" has an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Annotated, Literal, NamedTuple

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


class _Weighed(NamedTuple):
    """A candidate, what the policy's rules make of it, and whether it has anything of what is still short."""

    scores: list[float]
    code: str
    candidate: Candidate
    fills: int
    gives_any: bool


def source(
    wanted: Wanted,
    candidates: Sequence[Candidate],
    policy: Policy,
    available: OnShelf,
    *,
    sending: Iterable[int] = (),
) -> Decision:
    """Choose sites for the lines of one order, site by site, until all is found or no site can add anything.

    ``sending``: sites that hold goods for the order already. They count as parcels, and what they add costs none.
    """
    left = [quantity for _, quantity in wanted]
    shares: list[Share] = []
    weighed = [_weigh(wanted, left, each, policy, available) for each in candidates]
    alternatives = [Alternative(each.code, each.fills, each.scores) for each in weighed[:20]]
    parcels = set(sending)
    while True:
        another = len(parcels) < policy.most_parcels
        able = (each for each in weighed if each.gives_any and (another or each.candidate.site in parcels))
        best = min(able, key=_BY_SCORE, default=None)
        if best is None:
            break
        parcels.add(best.candidate.site)
        shares += _fill(wanted, left, best.candidate.site, available)
        if not any(left):
            break
        weighed = [_weigh(wanted, left, each.candidate, policy, available) for each in weighed if each is not best]
    return Decision(shares, left, alternatives)


_BY_SCORE = itemgetter(0, 1)


def _weigh(
    wanted: Wanted, left: Sequence[Quantity], candidate: Candidate, policy: Policy, available: OnShelf
) -> _Weighed:
    fills, gives_any = 0, False
    for (sku, _), short in zip(wanted, left, strict=True):
        if short and (have := available(sku, candidate.site)) > ZERO:
            gives_any = True
            fills += have >= short
    scores = [_score(rule, candidate, policy, fills) for rule in policy.rules]
    return _Weighed(scores, candidate.code, candidate, fills, gives_any)


def _score(rule: RuleName, candidate: Candidate, policy: Policy, fills: int) -> float:
    """What a rule makes of a site; lower is better."""
    if rule == "fewest_parcels":
        return -fills
    if rule == "nearest":
        return candidate.distance if candidate.distance is not None else 1e9
    return policy.sites.index(candidate.code) if candidate.code in policy.sites else len(policy.sites)


def _fill(wanted: Wanted, left: list[Quantity], site: int, available: OnShelf) -> list[Share]:
    stock = {sku: available(sku, site) for sku, _ in wanted}
    shares = []
    for index, (sku, _) in enumerate(wanted):
        quantity = min(left[index], stock[sku])
        if quantity > ZERO:
            left[index] -= quantity
            stock[sku] -= quantity
            shares.append(Share(index, site, quantity))
    return shares
