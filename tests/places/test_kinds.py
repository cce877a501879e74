"""What may be sold from where."""

from __future__ import annotations

from typing import get_args

import pytest

from onhand.places.records import ShelfKind, SiteKind
from onhand.places.rules import FIRST_LOCATIONS, LOCATION_KINDS, SITE_KINDS, VIRTUAL_LOCATIONS, saleable


@pytest.mark.parametrize("kind", ["pick", "reserve", "receiving", "packing", "shipping"])
def test_what_is_on_a_shelf_or_on_its_way_may_be_sold(kind: str) -> None:
    assert saleable(kind)


@pytest.mark.parametrize("kind", ["quarantine", "damaged", "virtual"])
def test_what_is_set_aside_or_elsewhere_may_not(kind: str) -> None:
    assert not saleable(kind)


def test_people_may_name_every_kind_but_the_virtual_one() -> None:
    assert {*get_args(ShelfKind), "virtual"} == set(LOCATION_KINDS)
    assert get_args(SiteKind) == SITE_KINDS


def test_every_site_begins_with_the_ends_of_all_moves() -> None:
    assert {code for code, kind in FIRST_LOCATIONS if kind == "virtual"} == set(VIRTUAL_LOCATIONS)
