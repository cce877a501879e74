"""Say what may be offered instead of what."""

from __future__ import annotations

import pytest

from onhand.catalog.actions import set_substitutes
from onhand.catalog.queries import product_detail
from onhand.catalog.records import SavedSubstitutes, SubstitutesRecord
from onhand.core.database import Connection

from .cast import given_goods, refusal

CHANGED = [SavedSubstitutes("MUG-BLUE", "changed")]
UNCHANGED = [SavedSubstitutes("MUG-BLUE", "unchanged")]


def ranked(db: Connection) -> list[tuple[str, int]]:
    detail = product_detail(db, "MUG")
    assert detail is not None
    return [(other.sku, other.rank) for other in detail.skus[0].substitutes]


def test_substitutes_are_ranked_as_given(db: Connection) -> None:
    given_goods(db)

    assert set_substitutes(db, [SubstitutesRecord("MUG-BLUE", ["TEA-1", "MUG-RED"])]) == CHANGED

    assert ranked(db) == [("TEA-1", 1), ("MUG-RED", 2)]


@pytest.mark.parametrize("others", [["MUG-RED", "TEA-1"], ["TEA-1"], []])
def test_a_list_replaces_the_one_before(db: Connection, others: list[str]) -> None:
    given_goods(db)
    set_substitutes(db, [SubstitutesRecord("MUG-BLUE", ["TEA-1", "MUG-RED"])])

    assert set_substitutes(db, [SubstitutesRecord("MUG-BLUE", others)]) == CHANGED
    assert set_substitutes(db, [SubstitutesRecord("MUG-BLUE", others)]) == UNCHANGED
    assert [code for code, _ in ranked(db)] == others


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        (SubstitutesRecord("NONE", []), "unknown_sku", "sku"),
        (SubstitutesRecord("MUG-BLUE", ["MUG-RED", "NONE"]), "unknown_sku", "others[1]"),
        (SubstitutesRecord("MUG-BLUE", ["MUG-RED", "MUG-RED"]), "listed_twice", "others[1]"),
        (SubstitutesRecord("MUG-BLUE", ["MUG-BLUE"]), "own_substitute", "others[0]"),
    ],
)
def test_an_impossible_list_is_refused(db: Connection, record: SubstitutesRecord, code: str, field: str) -> None:
    given_goods(db)

    (answer,) = set_substitutes(db, [record])

    assert (refusal(answer).code, refusal(answer).field) == (code, field)
    assert ranked(db) == []
