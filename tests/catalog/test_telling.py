"""What was changed in the catalogue is told, with who did it and how it was before; what was so already is no news."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace as but

from onhand.catalog.actions import save_categories, save_products, set_prices, set_substitutes
from onhand.catalog.records import CategoryRecord, PriceRecord, SubstitutesRecord
from onhand.core.database import Connection

from .cast import MUG, NOW, RED, TEA


def told(db: Connection, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
    rows = db.execute("SELECT subject, actor, data FROM core_event WHERE kind = %s ORDER BY seq", (kind,))
    return [(subject, actor, data) for subject, actor, data in rows]


def test_a_new_product_and_its_first_price_are_told(db: Connection) -> None:
    save_products(db, [MUG], NOW, actor="buyer")

    ((subject, actor, data),) = told(db, "product.saved")
    ((price, _, first),) = told(db, "price.changed")
    assert (subject, actor, data["change"], data["before"]) == ("product/MUG", "buyer", "created", None)
    assert data["record"]["name"] == "Stoneware mug"
    assert (price, first["record"]["amount"], first["before"]) == ("sku/MUG-RED", "7.50", None)


def test_a_changed_product_is_told_with_what_it_was(db: Connection) -> None:
    save_products(db, [MUG], NOW)

    save_products(db, [but(MUG, name="Beaker", skus=[but(RED, name="Beaker, red")])], NOW)

    _, (_, _, data) = told(db, "product.saved")
    assert (data["before"]["name"], data["record"]["name"]) == ("Stoneware mug", "Beaker")
    assert [sku["name"] for sku in data["before"]["skus"]] == ["Mug, red"]


def test_what_was_so_already_is_no_news(db: Connection) -> None:
    save_products(db, [MUG, TEA], NOW)
    save_products(db, [MUG, TEA], NOW)

    assert [subject for subject, _, _ in told(db, "product.saved")] == ["product/MUG", "product/TEA"]


def test_what_is_refused_is_not_told(db: Connection) -> None:
    save_products(db, [but(MUG, category="nowhere")], NOW)

    assert told(db, "product.saved") == []


def test_a_new_price_is_told_with_the_old_one(db: Connection) -> None:
    save_products(db, [MUG], NOW)

    set_prices(db, [PriceRecord("MUG-RED", "GBP", Decimal("8.25"))], actor="buyer")

    _, (_, actor, data) = told(db, "price.changed")
    assert (actor, data["before"], data["record"]["amount"]) == ("buyer", "7.5000", "8.25")


@pytest.mark.parametrize("times", [1, 2])
def test_categories_and_substitutes_are_told_once(db: Connection, times: int) -> None:
    save_products(db, [MUG, TEA], NOW)

    for _ in range(times):
        save_categories(db, [CategoryRecord("kitchen", "Kitchen")])
        set_substitutes(db, [SubstitutesRecord("MUG-RED", ["MUG-BLUE"])])

    assert [subject for subject, _, _ in told(db, "category.saved")] == ["category/kitchen"]
    assert [subject for subject, _, _ in told(db, "sku.substitutes_set")] == ["sku/MUG-RED"]
