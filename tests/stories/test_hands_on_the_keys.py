"""R4: things are found, narrowed and done without looking for a button; what was done is taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from shop import Shop
from stories.conftest import Visit
from stories.factors import confirm_by_password


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    shop.product("mug-blue", name="Blue mug with a handle")
    shop.stock("mug-blue", 3)
    shop.stock("lamp", 40)
    shop.do(shop.order(("lamp", 1)))
    shop.orders = 536364
    shop.do(shop.order(("lamp", 2)))
    return shop


def test_a_name_typed_into_the_palette_opens_what_it_means(stocked: Shop, visit: Visit) -> None:
    page = visit("/orders")

    page.keyboard.press("Control+k")
    page.keyboard.type("handle")
    page.keyboard.press("Enter")

    page.wait_for_url("**/goods/mug-blue")


def test_enter_goes_to_what_the_arrows_chose(stocked: Shop, visit: Visit) -> None:
    page = visit("/orders")
    page.keyboard.press("Control+k")
    page.keyboard.type("lo")
    expect(page.locator("#found [role=option]")).to_have_count(1)

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url("**/locations")


def scan(page: Page, code: str) -> None:
    """Keys as fast as a scanner presses them, however busy the machine is."""
    page.evaluate(
        "code => [...code, 'Enter'].forEach(key => document.body.dispatchEvent("
        "new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true})))",
        code,
    )


def test_a_scanned_number_opens_its_order(stocked: Shop, visit: Visit) -> None:
    page = visit("/stock")

    scan(page, "N536365")

    page.wait_for_url("**/orders/of/web/N536365")


def test_two_letters_lead_to_a_page_and_j_x_choose_a_row(stocked: Shop, visit: Visit) -> None:
    page = visit("/stock")

    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/orders")
    page.keyboard.press("j")
    page.keyboard.press("x")

    expect(page.locator(".bulk")).to_contain_text("1 chosen")


def test_a_list_is_narrowed_by_a_form_that_knows_its_columns(stocked: Shop, visit: Visit) -> None:
    page = visit("/stock")
    page.click("[popovertarget=narrow]")

    page.select_option("#n-column", "available")
    expect(page.locator("#n-operator option:not([disabled])")).not_to_have_count(0)
    page.select_option("#n-operator", "lt")
    page.fill("#n-value", "5")
    page.click("#narrow .btn-primary")

    page.wait_for_url("**/stock?available=lt:5")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator(".chip")).to_contain_text("Available is less than 5")


def test_a_correction_is_said_and_taken_back(stocked: Shop, visit: Visit) -> None:
    page = visit("/goods/lamp")
    before = _available(page)
    page.locator("#at-london .btn").first.click()

    page.fill("[name=by]", "2")
    page.fill("[name=reason]", "found")
    page.click("#drawer .btn-primary")
    confirm_by_password(page)

    expect(page.locator("#toasts")).to_contain_text("lamp at london: +2")
    expect(page.locator("#at-london strong")).to_have_text(str(before + 2))
    page.click(".undo")
    expect(page.locator("#at-london strong")).to_have_text(str(before))


def test_a_field_at_fault_says_so_and_keeps_what_was_typed(stocked: Shop, visit: Visit) -> None:
    page = visit("/goods/lamp")
    page.locator("#at-london .btn").first.click()

    page.fill("[name=by]", "2")
    page.click("#drawer .btn-primary")

    expect(page.locator("#drawer .fault")).to_be_visible()
    expect(page.locator("[name=by]")).to_have_value("2")


def _available(page: Page) -> int:
    return int(page.locator("#at-london strong").inner_text())
