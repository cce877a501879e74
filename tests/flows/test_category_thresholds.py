"""Thresholds of a whole category, in one go."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from onhand.catalog.actions import save_categories, save_products
from onhand.catalog.records import CategoryRecord, ProductRecord, SkuRecord
from onhand.core.refusals import refused
from onhand.flows import commands as c
from onhand.flows.answers import ThresholdsSet
from onhand.flows.set_category_threshold import singly
from shop import Shop


@pytest.fixture
def kitchen(shop: Shop) -> Shop:
    """Mugs and bowls are of the kitchen, bowls of a category below it; lamps are not."""
    save_categories(shop.db, [CategoryRecord("kitchen", "Kitchen"), CategoryRecord("bowls", "Bowls", "kitchen")])
    save_products(
        shop.db,
        [
            ProductRecord("mug", "Mug", category="kitchen", skus=[SkuRecord("mug")]),
            ProductRecord("bowl", "Bowl", category="bowls", skus=[SkuRecord("bowl-s"), SkuRecord("bowl-l")]),
            ProductRecord("old", "Old bowl", category="bowls", active=False, skus=[SkuRecord("old")]),
        ],
    )
    shop.db.commit()
    return shop


def thresholds(shop: Shop) -> dict[str, Any]:
    rows = shop.db.execute("SELECT code, quantity FROM stock_threshold JOIN catalog_sku ON id = sku_id")
    return dict(rows.fetchall())


def test_everything_that_is_sold_of_a_category_and_those_below_it_gets_the_threshold(kitchen: Shop) -> None:
    answer = kitchen.do(c.SetCategoryThreshold("london", "kitchen", Decimal(5)))

    assert answer == ThresholdsSet(3)
    assert thresholds(kitchen) == {"mug": 5, "bowl-s": 5, "bowl-l": 5}
    assert kitchen.kinds().count("stock.threshold_set") == 3
    assert kitchen.kinds().count("stock.below_threshold") == 3


def test_it_can_be_taken_away_again(kitchen: Shop) -> None:
    kitchen.do(c.SetCategoryThreshold("london", "kitchen", Decimal(5)))
    kitchen.do(c.SetCategoryThreshold("london", "bowls", None))

    assert thresholds(kitchen) == {"mug": 5}


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.SetCategoryThreshold("london", "garden", Decimal(5)), "unknown_category"),
        (c.SetCategoryThreshold("paris", "kitchen", Decimal(5)), "unknown_site"),
        (c.SetCategoryThreshold("london", "kitchen", Decimal("1.5")), "bad_quantity"),
        (c.SetCategoryThreshold("london", "kitchen", Decimal(-1)), "bad_quantity"),
    ],
)
def test_what_cannot_be_set_for_one_of_them_is_set_for_none(
    kitchen: Shop, command: c.SetCategoryThreshold, code: str
) -> None:
    (answer,) = kitchen.ask(command)

    assert refused(answer)
    assert answer.code == code
    assert thresholds(kitchen) == {}


def test_a_category_with_nothing_in_it_is_refused(kitchen: Shop) -> None:
    save_categories(kitchen.db, [CategoryRecord("garden", "Garden")])

    answer = singly(kitchen.db, c.SetCategoryThreshold("london", "garden", Decimal(5)))

    assert refused(answer)
    assert answer.code == "empty_category"
