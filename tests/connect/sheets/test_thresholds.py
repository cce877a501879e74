"""Thresholds from a sheet, and taken back."""

from __future__ import annotations

from connect.sheets.senders import Desk, counts
from onhand.connect.sheets import imports
from shop import Shop

SHEET = """
    site,sku,min stock
    london,mug,12
    lisbon,mug,5
    london,lamp,0
"""
THRESHOLDS = "SELECT count(*) FROM stock_threshold"


def test_a_sheet_sets_thresholds_and_what_is_below_is_told(desk: Desk, shop: Shop) -> None:
    shop.stock("mug", 20)

    done = desk.take("thresholds", SHEET)

    assert (done.created, done.refused) == (2, 0)
    assert desk.sole(THRESHOLDS) == 2
    assert shop.kinds().count("stock.below_threshold") == 1


def test_the_same_sheet_twice_changes_nothing(desk: Desk) -> None:
    desk.take("thresholds", SHEET)

    assert counts(desk.start("thresholds", SHEET)) == (0, 0, 3, 0)


def test_nothing_takes_a_threshold_away_and_an_undo_brings_it_back(desk: Desk) -> None:
    desk.take("thresholds", SHEET)

    done = desk.take("thresholds", "site,sku,min stock\nlondon,mug,0\nlisbon,mug,6")
    assert done.changed == 2
    assert desk.sole(THRESHOLDS) == 1

    imports.undo(desk.db, done.id)
    assert desk.sole("SELECT array_agg(quantity ORDER BY quantity)::text FROM stock_threshold") == "{5.000,12.000}"


def test_an_undo_takes_away_what_was_not_there(desk: Desk) -> None:
    done = desk.take("thresholds", SHEET)

    imports.undo(desk.db, done.id)

    assert desk.sole(THRESHOLDS) == 0


def test_rows_that_cannot_be_are_told_with_the_remedy(desk: Desk) -> None:
    found = desk.start("thresholds", "site,sku,quantity\nlondon,mug,1.5\nparis,mug,2\nlondon,cup,2\nlondon,lamp,-1")

    assert counts(found) == (0, 0, 0, 4)
