"""P1: levels by product, place and time on one screen, thresholds that tell; all of it without a mouse."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from onhand.catalog.actions import save_categories, save_products
from onhand.catalog.records import CategoryRecord, ProductRecord, SkuRecord
from shop import Shop
from stories.conftest import Visit
from stories.factors import confirm, enrol

MOST_TABS = 60


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    save_categories(shop.db, [CategoryRecord("crockery", "Crockery")])
    save_products(shop.db, [ProductRecord("mug", "Mug", category="crockery", skus=[SkuRecord("mug", name="Blue mug")])])
    shop.db.commit()
    shop.stock("mug", 12)
    shop.stock("mug", 3, "lisbon")
    shop.stock("lamp", 40)
    return shop


def tab_to(page: Page, what: str) -> None:
    """Press Tab until the focus is on it, as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        if page.evaluate("what => Boolean(document.activeElement?.matches(what))", what):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {what}")


def test_a_threshold_is_set_from_the_keyboard_and_what_is_below_it_is_found(stocked: Shop, visit: Visit) -> None:
    page = visit("/overview", role="store_manager")
    factor = enrol("store_manager-0")

    page.keyboard.press("Control+k")
    page.keyboard.type("blue mug")
    page.keyboard.press("Enter")
    page.wait_for_url("**/goods/mug")
    tab_to(page, "[popovertarget=more-london]")
    page.keyboard.press("Enter")
    tab_to(page, "#more-london [hx-get*=threshold]")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer [name=quantity]")).to_be_focused()
    page.keyboard.type("15")
    page.keyboard.press("Enter")
    confirm(page, factor)

    expect(page.locator("#toasts")).to_contain_text("The threshold of mug at london is 15.")
    expect(page.locator("#at-london .badge-part")).to_have_text("15")
    assert _threshold(stocked) == (Decimal(15), True)

    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/overview")
    expect(page.locator("#overview-now .stat")).to_have_count(6)
    tab_to(page, "a[href='/stock?below=yes']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/stock?below=yes")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Blue mug")


def test_the_first_screen_shows_levels_by_product_place_and_time(stocked: Shop, visit: Visit) -> None:
    stocked.do(stocked.order(("mug", 5)))
    page = visit("/overview", role="sales_manager")

    for part, words in (
        ("sites", "Available, by site"),
        ("days", "Pieces on hand, by day"),
        ("categories", "By category"),
        ("best", "Best sellers in 7 days"),
    ):
        expect(page.locator(f"#overview-{part}")).to_contain_text(words)
    expect(page.locator("#overview .skeleton")).to_have_count(0)
    page.goto("/stock?category=crockery")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/goods/mug")
    expect(page.locator("main")).to_contain_text("On hand in the last ninety days")


def test_orders_are_counted_on_the_first_screen_as_they_come(stocked: Shop, visit: Visit) -> None:
    page = visit("/overview", role="sales_manager")
    expect(page.locator("#live-state")).to_have_attribute("data-state", "on")
    counted = page.locator("#overview-now .stat", has_text="Orders in the last hour").locator("strong")
    # The server remembers a few orders of the stories before: what comes now outweighs them.
    expect(counted).to_have_text(re.compile(r"^[0-3]?\d$"))

    stocked.ask(*(stocked.order(("lamp", 1)) for _ in range(40)))

    expect(counted).to_have_text(re.compile(r"^[4-7]\d$"), timeout=10_000)


def test_what_falls_below_its_threshold_is_told_on_the_screen_at_once(stocked: Shop, visit: Visit) -> None:
    page = visit("/goods/mug", role="store_manager")
    factor = enrol("store_manager-0")
    tab_to(page, "[popovertarget=more-london]")
    page.keyboard.press("Enter")
    tab_to(page, "#more-london [hx-get*=threshold]")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer [name=quantity]")).to_be_focused()
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    confirm(page, factor)
    expect(page.locator("#at-london")).to_contain_text("10")
    expect(page.locator("#at-london .badge-part")).to_have_count(0)
    expect(page.locator("#live-state")).to_have_attribute("data-state", "on")

    stocked.do(stocked.order(("mug", 5)))

    expect(page.locator("#at-london .badge-part")).to_have_text("10")
    assert _threshold(stocked) == (Decimal(10), True)
    assert "stock.below_threshold" in stocked.kinds()


def _threshold(shop: Shop) -> tuple[Decimal, bool]:
    row = shop.db.execute("SELECT quantity, crossed_at IS NOT NULL FROM stock_threshold").fetchone()
    shop.db.commit()
    assert row is not None
    return row[0], row[1]
