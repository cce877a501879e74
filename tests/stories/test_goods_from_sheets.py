"""R1: what the shop sells, what it costs and what lies where come from its sheets, and are there for all to see."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from playwright.sync_api import Page, expect

from shop import Shop
from stories.conftest import Visit
from stories.factors import confirm, enrol

GOODS = "sku,name,price,currency\nbowl,Soup bowl,4.50,GBP\nplate,Dinner plate,many,GBP\nfork,Fork,1.20,GBP\n"
SHELVES = "sku,quantity\nbowl,24\nfork,200\n"
PLANILHA = "código;nome;preço;moeda\ntigela;Tigela de sopa;12,50;BRL\nprato;Prato raso;9,5O;BRL\n"


def send(page: Page, kind: str, text: str, name: str) -> None:
    """Choose a file and have it looked at."""
    page.select_option("#i-kind", kind)
    page.set_input_files("#i-file", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    page.click("form[action$='/upload'] .btn-primary")
    page.wait_for_url("**/upload")


def check(page: Page) -> None:
    page.click("form[action$='/start'] .btn-primary")
    page.wait_for_url(lambda url: url.rpartition("/")[2].isdigit())


def test_goods_prices_and_opening_stock_come_in_from_sheets(shop: Shop, visit: Visit) -> None:
    page = visit("/imports")
    factor = enrol("owner-0")

    send(page, "products", GOODS, "goods.csv")
    expect(page.locator("select[name='col:price']")).to_have_value("price")
    check(page)
    bad = page.locator("tbody tr", has_text="many")
    expect(bad).to_contain_text("it is no number")
    expect(bad).to_contain_text("write digits only")
    page.click("text=Take the good rows")
    expect(page.locator(".badge-part").first).to_have_text("done")

    page.goto("/imports")
    send(page, "stock", SHELVES, "shelves.csv")
    page.fill("[name='set:site']", "london")
    check(page)
    page.click("text=Take them in")
    page.click("#drawer .btn-primary")
    confirm(page, factor)
    expect(page.locator(".badge-part").first).to_have_text("done")

    page.goto("/stock")
    expect(page.locator("tbody tr", has_text="Soup bowl")).to_contain_text("24")
    page.click("tbody >> text=bowl")
    expect(page.locator("#at-london strong")).to_have_text("24")
    expect(page.locator("main")).to_contain_text("4.50 GBP")
    assert _prices(shop) == {"bowl": Decimal("4.5"), "fork": Decimal("1.2")}
    assert [shop.available(sku) for sku in ("bowl", "fork")] == [24, 200]


def test_a_sheet_is_taken_in_on_a_phone_in_portuguese_and_taken_back(shop: Shop, visit: Visit) -> None:
    page = visit("/imports", width=390, locale="pt-BR", has_touch=True)

    send(page, "products", PLANILHA, "produtos.csv")
    expect(page.locator("select[name='col:preço'] option:checked")).to_contain_text("quanto custa")
    check(page)
    bad = page.locator("tbody tr", has_text="9,5O")
    expect(bad).to_contain_text("não é um número (os números são lidos com vírgula decimal)")
    expect(bad).to_contain_text("escreva apenas algarismos")
    assert _is_within(page, bad.bounding_box())
    page.tap("text=Importar as linhas corretas")
    expect(page.locator(".badge-part").first).to_have_text("concluída")
    assert _prices(shop) == {"tigela": Decimal("12.5")}

    page.tap("text=Desfazer")
    expect(page.locator(".badge-part").first).to_have_text("desfeita")
    assert _prices(shop) == {}


def _prices(shop: Shop) -> dict[str, Decimal]:
    query = "SELECT sku.code, price.amount FROM catalog_price AS price JOIN catalog_sku AS sku ON sku.id = price.sku_id"
    found: dict[str, Decimal] = dict(shop.db.execute(query).fetchall())
    shop.db.commit()
    return found


def _is_within(page: Page, box: Any) -> bool:
    assert page.viewport_size is not None
    return bool(box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"])
