"""Once a SKU has been counted anywhere, how it is counted stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from onhand.catalog.actions import save_products
from onhand.catalog.records import ProductRecord, SkuRecord
from onhand.core.refusals import Refused
from onhand.flows import commands as c
from onhand.flows.in_use import skus_in_use
from shop import Shop


def announce(shop: Shop) -> None:
    shop.do(c.Expect("london", "PO1", [c.ExpectedLine("mug", Decimal(1), shop.now)]))


def order(shop: Shop) -> None:
    shop.do(shop.order(("mug", 1)))


def receive(shop: Shop) -> None:
    shop.stock("mug", 1)


@pytest.mark.parametrize("happens", [announce, order, receive])
def test_a_sku_that_was_counted_keeps_its_unit(shop: Shop, happens: Callable[[Shop], None]) -> None:
    happens(shop)

    by_weight = [ProductRecord(code, code.title(), skus=[SkuRecord(code, unit="kg")]) for code in ("mug", "lamp")]
    answers = save_products(shop.db, by_weight, in_use=skus_in_use)

    assert [getattr(answer, "code", "") for answer in answers] == ["unit_fixed", "lamp"]
    assert isinstance(answers[0], Refused)
