"""O13: at the shelf and at the counter the shop is in one hand, in the language of whose hand it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from onhand.catalog.actions import save_products
from onhand.catalog.records import BarcodeRecord, ProductRecord, SkuRecord
from shop import Shop
from stories.conftest import Visit
from stories.factors import confirm, enrol

EAN = "5012345678900"


@pytest.fixture
def shelved(shop: Shop) -> Shop:
    mug = SkuRecord("mug", name="Taza azul con asa", barcodes=[BarcodeRecord(EAN)])
    save_products(shop.db, [ProductRecord("mug", "Taza", skus=[mug])])
    shop.db.commit()
    shop.stock("mug", 12)
    shop.stock("mug", 4, "lisbon")
    return shop


def test_a_code_is_scanned_at_the_shelf_and_the_count_corrected_in_spanish(shelved: Shop, visit: Visit) -> None:
    page = visit("/stock", role="warehouse_operator", width=390, locale="es-ES", has_touch=True)
    factor = enrol("warehouse_operator-0")
    expect(page.locator("h1")).to_have_text("Existencias")

    page.tap(".find")
    page.keyboard.type(EAN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/goods/mug")
    row = page.locator("#at-london")
    expect(row.get_by_role("cell", name="Disponible 12")).to_be_visible()
    correct = row.get_by_role("button", name="Ajustar")
    assert _in_reach(page, correct)
    correct.tap()
    page.fill("[name=by]", "-2")
    page.fill("[name=reason]", "dos rotas")
    page.tap("#drawer .btn-primary")
    confirm(page, factor)

    expect(page.locator("#toasts")).to_contain_text("mug en london: -2")
    expect(row.locator("strong")).to_have_text("10")
    assert shelved.available("mug") == 10
    assert _last_move(shelved) == ("person/warehouse_operator-0", "adjustment: dos rotas")


def test_an_order_is_picked_at_the_counter_in_portuguese(shelved: Shop, visit: Visit) -> None:
    shelved.do(shelved.order(("mug", 2)))
    page = visit("/orders", role="store_associate", width=390, locale="pt-BR", has_touch=True)
    expect(page.locator("h1")).to_have_text("Pedidos")

    page.tap("tbody th a")
    page.wait_for_url("**/orders/of/web/N1")
    line = page.locator("#line-1")
    expect(line.get_by_role("cell", name="Reservado 2")).to_be_visible()
    assert _in_reach(page, line)
    page.get_by_role("button", name="Separado").tap()
    page.tap("#drawer .btn-primary")

    expect(page.locator(".page-head .badge-part")).to_have_text("separado")
    assert _state(shelved) == "picked"


def _in_reach(page: Page, one: Locator) -> bool:
    """Whether all of it is on the screen from side to side, where a thumb gets without pushing anything."""
    box = one.bounding_box()
    assert box is not None
    assert page.viewport_size is not None
    return box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]


def _last_move(shop: Shop) -> tuple[str, str]:
    row = shop.db.execute("SELECT actor, reason FROM stock_move ORDER BY id DESC LIMIT 1").fetchone()
    shop.db.commit()
    assert row is not None
    return row[0], row[1]


def _state(shop: Shop) -> str:
    row = shop.db.execute("SELECT state FROM orders_order WHERE number = 'N1'").fetchone()
    shop.db.commit()
    assert row is not None
    return str(row[0])
