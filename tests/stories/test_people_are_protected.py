"""O17: what is known of people is protected: shown to them, agreed to, and forgotten when they ask."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from onhand.customers.actions import CustomerRecord, save_customers
from onhand.flows import commands as c
from shop import Shop
from stories.conftest import Visit
from stories.factors import confirm_by_password

CARD = "4111 1111 1111 1111"


@pytest.fixture
def ana(shop: Shop) -> None:
    """A customer whose order has arrived."""
    save_customers(shop.db, [CustomerRecord("C1", "Ana Núñez", "ana@shop.example", "+44 20 7946 0958", "GB")])
    shop.db.commit()
    shop.stock("mug", 5)
    shop.do(shop.order(("mug", 1), customer="C1", ship_to=c.Destination("GB", "SW1A 1AA")))
    for step in ("pick", "pack", "ship", "deliver"):
        shop.do(c.AdvanceOrder("web", "N1", step))


@pytest.mark.parametrize("width", [360, 1280])
def test_a_customer_asks_what_is_held_withdraws_and_is_forgotten(visit: Visit, ana: None, width: int) -> None:
    page = visit("/privacy", width=width)
    page.get_by_label("Customer", exact=True).fill("ana@shop.example")
    page.keyboard.press("Enter")
    page.locator("#found").get_by_role("link", name="C1").click()
    expect(page.locator("main")).to_contain_text("SW1A 1AA")

    with page.expect_download() as handed:
        page.get_by_role("button", name="JSON").click()
    assert "ana@shop.example" in handed.value.path().read_text()

    page.get_by_role("button", name="Write down a choice").click()
    page.get_by_label("They said").select_option("no")
    page.get_by_label("To which words").fill(f"Do not write to me; I paid with {CARD}")
    page.get_by_label("Where", exact=True).fill("a letter")
    page.locator("#drawer").get_by_role("button", name="Write it down").click()
    expect(page.locator("body")).to_contain_text("This looks like a card number")

    page.reload()
    page.get_by_role("button", name="Write down a choice").click()
    page.get_by_label("They said").select_option("no")
    page.get_by_label("To which words").fill("Do not write to me")
    page.get_by_label("Where", exact=True).fill("a letter")
    page.locator("#drawer").get_by_role("button", name="Write it down").click()
    expect(page.locator("main")).to_contain_text("objected")

    page.get_by_role("button", name="Erase", exact=True).click()
    expect(page.locator("#drawer")).to_contain_text("Orders, moves and money stay")
    page.get_by_label("The customer's code").fill("C1")
    page.get_by_role("button", name="Erase for ever").click()
    confirm_by_password(page)
    expect(page.locator("main .badge-part").first).to_have_text("erased")
    expect(page.locator("main")).not_to_contain_text("SW1A 1AA")
    expect(page.locator("main")).not_to_contain_text("Núñez")


def test_what_is_kept_and_why_stands_on_a_page(visit: Visit, ana: None) -> None:
    page = visit("/privacy")
    page.get_by_role("link", name="What is kept, and why").click()

    expect(page.locator("main")).to_contain_text("customers_customer")
    expect(page.locator("main")).to_contain_text("its key destroyed, and blanked")
