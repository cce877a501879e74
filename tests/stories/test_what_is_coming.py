"""R4, P6: whoever buys says what is coming, by thumb or by keyboard, and customers read the day at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from doors.window import priced
from onhand.core.clock import utc_now
from shop import Shop
from stories.conftest import Visit

WIDTHS = [390, 1440]


def fill(page: Page, days: int, **facts: str) -> None:
    """Fill in the form in the drawer, for so many days from now, and send it."""
    expect(page.locator("#drawer [name=day]")).to_be_visible()
    for name, value in {**facts, "day": (utc_now() + timedelta(days=days)).date().isoformat()}.items():
        field = page.locator(f"#drawer [name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.locator("#drawer .btn-primary").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_goods_are_announced_and_come_later(shop: Shop, visit: Visit, width: int) -> None:
    priced(shop, "mug")
    page = visit("/goods/mug", role="purchasing", width=width)
    window = page.context.new_page()
    window.goto("/shop/goods/mug")
    expect(window.locator(".stand")).to_contain_text("Out of stock")

    page.get_by_role("button", name="Announce goods").click()
    fill(page, 7, site="london", quantity="40", reference="PO-77")
    expect(page.locator("#toasts")).to_contain_text("40 come to London on")
    expect(window.locator(".stand")).to_contain_text("Back on")
    first = window.locator(".stand").inner_text()

    page.locator("tr.sub").get_by_role("button", name="Change").click()
    fill(page, 14, quantity="25", reason="the ship is late")
    expect(page.locator("tr.sub")).to_contain_text("25 to come under PO-77")
    expect(window.locator(".stand")).not_to_have_text(first)
    expect(window.locator(".stand")).to_contain_text("Back on")
