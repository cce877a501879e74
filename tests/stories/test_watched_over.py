"""R10: whoever keeps the system sees how it fares, and how soon somebody came. O12: odd behaviour is noticed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from onhand.core.clock import utc_now
from onhand.core.events import fact, record
from shop import Shop
from stories.conftest import Visit

# A minute is written down when it is over, the duty that watches comes every few seconds.
SOON_MS = 20_000


def act(page: Page, button: str, sure: str) -> None:
    """Press an act's button on the page, and then that of its form."""
    page.get_by_role("button", name=button, exact=True).first.click()
    page.locator("#drawer").get_by_role("button", name=sure, exact=True).click()


@pytest.mark.parametrize("width", [360, 1280])
def test_an_incident_is_told_of_come_to_and_over(visit: Visit, width: int) -> None:
    page = visit("/health", role="administrator", width=width)
    expect(page.get_by_role("heading", name="Health of the house")).to_be_visible()
    expect(page.locator("main")).to_contain_text("promised: 99.95 %")

    page.get_by_role("button", name="Tell of an incident").click()
    page.get_by_label("What is wrong").fill("The tills are slow")
    page.locator("#drawer").get_by_label("Severity").select_option("critical")
    page.get_by_role("button", name="Tell of it", exact=True).click()
    row = page.locator("[id^=incident-]").filter(has_text="The tills are slow")
    expect(row).to_contain_text("critical")

    row.get_by_role("button", name="I look into it").click()
    page.locator("#drawer").get_by_role("button", name="I look into it").click()
    expect(row).to_contain_text(re.compile(r"\d+ seconds?"))
    row.get_by_role("button", name="It is over").click()
    page.get_by_label("What it was").fill("A cable")
    page.locator("#drawer").get_by_role("button", name="It is over").click()
    expect(row).to_contain_text("A cable")
    expect(row.get_by_role("button")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [360, 1280])
def test_odd_behaviour_shows_by_itself_and_its_sessions_are_ended(visit: Visit, shop: Shop, width: int) -> None:
    thief = visit("/stock", role="store_manager", width=width)
    page = visit("/watch", role="administrator", width=width)
    expect(page.locator("main")).to_contain_text("Nothing is out of the ordinary")

    who = "person/store_manager-0"
    record(shop.db, [fact("access.refused", who, who, {"times": 60, "route": "people"})], utc_now())
    shop.db.commit()

    page.get_by_role("link", name="Refused again and again").click(timeout=SOON_MS)
    expect(page.get_by_role("heading", name="Refused again and again")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("Somebody was refused")
    act(page, "End the sessions", "End them")
    expect(page.locator("#toasts")).to_contain_text("The sessions have ended.")
    thief.goto("/stock")
    expect(thief).to_have_url(re.compile("/account/login"))

    act(page, "Take it in hand", "I look into it")
    expect(page.locator(".page-head .badge-part")).to_have_text("looked at")
    page.locator("#do-close").click()
    page.get_by_label("What it was").fill("Their password was stolen; they have another.")
    page.get_by_role("button", name="Close it", exact=True).click()
    expect(page.locator(".page-head .badge-part")).to_have_text("closed")
    expect(page.locator(".timeline")).to_contain_text("Their password was stolen")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
