"""Where the books and the model differ: both in the same shape, and a sentence for what is apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from proofs.books import Books
from proofs.model import Model
from proofs.model.things import LineName


def same(what: str, seen: object, expected: object) -> None:
    """Refuse to go on when the books say one thing and the model another."""
    if seen != expected:
        if isinstance(seen, dict) and isinstance(expected, dict):
            apart = {key for key in {*seen, *expected} if seen.get(key) != expected.get(key)}
            seen, expected = ({k: each[k] for k in apart & set(each)} for each in (seen, expected))
        raise AssertionError(f"{what}: the books say {seen}, the model {expected}")


def supply_key(supply: Any) -> tuple[Any, ...]:
    """What makes a supply one."""
    return supply.kind, supply.reference, supply.sku, supply.site, supply.due, supply.lot


def sums(promises: Iterable[Any]) -> dict[tuple[LineName, str], int]:
    """How much lines are promised from each site."""
    sums: dict[tuple[LineName, str], int] = defaultdict(int)
    for each in promises:
        if each.line:
            sums[each.line, each.site] += each.quantity
    return sums


def rows(holder: Books | Model) -> dict[tuple[Any, ...], int]:
    """How much is promised, whatever it is made up of."""
    rows: dict[tuple[Any, ...], int] = defaultdict(int)
    for each in holder.promises:
        rows[each.sku, each.site, each.line, each.cart, each.until] += each.quantity
    return dict(rows)


def nonzero(quantities: dict[Any, int]) -> dict[Any, int]:
    """Without what there is none of."""
    return {key: quantity for key, quantity in quantities.items() if quantity}
