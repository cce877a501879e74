"""R2, J7, J8: a store manager is told, live, when stock falls below its threshold, acts upon it, and sees it over."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import expect

from onhand.core.clock import utc_now
from onhand.flows import commands as c
from shop import Shop
from stories.conftest import Visit


def test_an_alert_comes_while_one_looks_is_acted_upon_and_goes_by_itself(shop: Shop, visit: Visit) -> None:
    shop.now = utc_now()
    shop.stock("mug", 10)
    shop.do(c.SetThreshold("london", "mug", Decimal(5)))
    page = visit("/alerts", role="store_manager")
    expect(page.locator("#live-state")).to_have_attribute("data-state", "on")
    expect(page.get_by_text("Nothing to act upon")).to_be_visible()

    shop.do(c.Adjust("london", "pick", "mug", "broken", by=Decimal(-6)))

    expect(page.locator("#bell .count")).to_have_text("1")
    page.locator("#bell").click()
    page.get_by_role("link", name="mug", exact=True).click()
    expect(page.get_by_role("heading", name="Mug", exact=True)).to_be_visible()
    page.get_by_role("button", name="I act upon it").click()
    page.locator("#drawer-content").get_by_role("button", name="I act upon it").click()

    expect(page.locator("#alert .badge-part")).to_have_text("acted upon")
    expect(page.locator("#bell .count")).to_have_count(0)

    shop.stock("mug", 20)

    expect(page.locator("#alert .badge-part")).to_have_text("over")


def test_the_shop_writes_in_its_own_words_and_sees_what_they_make(shop: Shop, visit: Visit) -> None:
    page = visit("/messages/templates/order.state/en", role="marketing", width=390)
    page.fill("[name=text]", "Good news of {number}: {state}")
    expect(page.locator("#preview")).to_contain_text("Good news of W-20391: It has been shipped.")

    page.fill("[name=text]", "Good news of {nubmer}: {state}")
    expect(page.locator("#preview [role=alert]")).to_contain_text("{nubmer}")
    page.click("#save-words")
    expect(page.locator("#wording .fault")).to_contain_text("{nubmer}")

    page.fill("[name=text]", "Good news of {number}: {state}")
    page.click("#save-words")
    expect(page.locator("#toasts")).to_contain_text("It is saved")
    expect(page.locator("#take-back")).to_be_visible()
