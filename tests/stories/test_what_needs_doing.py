"""R2, O2: who comes to work sees what needs doing, dearest first, and does it there."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from onhand.flows import commands as c
from shop import Shop
from stories.conftest import Visit


@pytest.mark.parametrize("width", [390, 1280])
def test_an_order_is_confirmed_and_picked_from_the_first_page(shop: Shop, visit: Visit, width: int) -> None:
    shop.stock("mug", 5)
    shop.do(shop.order(("mug", 2)))
    page = visit("/home", role="store_manager", width=width)

    page.get_by_role("button", name="Confirm: Confirm order N1").click()
    page.locator("#drawer").get_by_role("button", name="Confirm", exact=True).click()
    page.get_by_role("button", name="Picked: Pick order N1").click()
    page.locator("#drawer").get_by_role("button", name="Picked", exact=True).click()

    expect(page.get_by_role("link", name="Pack order N1")).to_be_visible()
    expect(page.get_by_role("link", name="Confirm order N1")).to_have_count(0)


def test_what_falls_low_while_one_looks_comes_up_with_where_to_bring_it_from(shop: Shop, visit: Visit) -> None:
    shop.stock("mug", 12, "lisbon")
    shop.stock("mug", 50, "london")
    shop.do(c.SetThreshold("lisbon", "mug", Decimal(10)))
    page = visit("/home", role="warehouse_manager")
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    expect(page.locator("#live-state")).to_have_attribute("data-state", "on")

    shop.do(c.Adjust("lisbon", "pick", "mug", "broken", by=Decimal(-8)))

    page.get_by_role("button", name="Bring some: Mug runs low at lisbon: 4 left").click()
    form = page.locator("#drawer")
    expect(form.locator("[name=target]")).to_have_value("lisbon")
    expect(form.locator("[name=quantity]")).to_have_value("6")
    form.locator("[name=reference]").fill("T1")
    form.get_by_role("button", name="Send them").click()
    expect(page.locator("#toasts")).to_contain_text("are on their way to lisbon")
