"""O1, R4: all stock in one view, moving while one looks."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import expect

from onhand.flows import commands as c
from shop import Shop
from stories.conftest import Visit


def test_a_number_changes_on_the_screen_when_it_changes_in_the_books(shop: Shop, visit: Visit) -> None:
    shop.stock("mug", 12)
    page = visit("/stock")
    row = page.locator("tbody tr", has_text="mug")
    expect(row).to_contain_text("12")
    expect(page.locator("#live-state")).to_have_attribute("data-state", "on")

    shop.do(c.Adjust("london", "pick", "mug", "found", by=Decimal(30)))

    expect(row).to_contain_text("42", timeout=2000)


def test_new_orders_wait_until_they_are_asked_for(shop: Shop, visit: Visit) -> None:
    shop.stock("mug", 12)
    shop.do(shop.order(("mug", 1)))
    page = visit("/orders")
    expect(page.locator("#live-state")).to_have_attribute("data-state", "on")

    shop.do(shop.order(("mug", 2)))

    newer = page.locator(".newer")
    expect(newer).to_have_text("Show 1 new")
    assert page.locator("tbody tr").count() == 1
    newer.click()
    expect(page.locator("tbody tr")).to_have_count(2)


def test_two_tabs_share_one_stream(shop: Shop, visit: Visit) -> None:
    shop.stock("mug", 12)
    shop.stock("lamp", 5)
    first = visit("/stock?sku=mug")
    expect(first.locator("#live-state")).to_have_attribute("data-state", "on")
    second = first.context.new_page()
    streams: list[str] = []
    first.context.on("request", lambda asked: streams.append(asked.url) if "/live?" in asked.url else None)
    second.goto("/stock?sku=lamp")
    expect(second.locator("#live-state")).to_have_attribute("data-state", "on")

    shop.do(c.Adjust("london", "pick", "lamp", "found", by=Decimal(30)))

    expect(second.locator("tbody")).to_contain_text("35")
    assert all("mug" in url and "lamp" in url for url in streams)


def test_goods_are_found_by_name_and_the_address_says_so(shop: Shop, visit: Visit) -> None:
    shop.product("mug-blue", name="Blue mug with a handle")
    shop.stock("mug-blue", 3)
    shop.stock("lamp", 3)
    page = visit("/stock")

    page.fill("#list-words", "handle")

    expect(page.locator("tbody tr")).to_have_count(1)
    page.wait_for_url("**/stock?q=handle")
