"""Webhooks set up and looked after by hand, in the browser."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from onhand.connect.webhooks import actions
from onhand.core.clock import utc_now
from onhand.core.refusals import refused
from shop import Shop
from stories.conftest import Visit


@pytest.fixture
def hook(shop: Shop) -> UUID:
    """A webhook nothing ever goes to, since it lies in a private network by now: each attempt ends before that."""
    wanted = actions.NewWebhook("https://shop.example/hook", ["order.*"])
    made = actions.create(shop.db, wanted, actor="ann", now=utc_now(), loopback=False)
    assert not refused(made)
    shop.db.execute("UPDATE webhooks_endpoint SET url = 'https://10.0.0.1/hook'")
    shop.db.commit()
    return made.webhook.id


def act(page: Page, button: str, sure: str) -> None:
    """Press an act's button on the page, and then that of its form."""
    page.get_by_role("button", name=button, exact=True).click()
    page.locator("#drawer").get_by_role("button", name=sure, exact=True).click()


def test_the_secret_is_copied_from_the_drawer_and_gone_when_it_closes(visit: Visit, shop: Shop) -> None:
    page = visit("/webhooks", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Send events to an address").click()
    page.get_by_label("Address").fill("https://10.1/hook")
    page.get_by_label("Kinds of events").fill("order.placed")
    page.get_by_role("button", name="Send them").click()
    expect(page.locator("#id_url_error")).to_contain_text("private network")

    page.get_by_label("Address").fill("https://shop.example/hook")
    page.get_by_role("button", name="Send them").click()
    page.get_by_role("button", name="Copy it").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()

    secret = page.locator("#secret").input_value()
    assert secret.startswith("whsec_")
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.keyboard.press("Escape")
    expect(page.locator("#secret")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("https://shop.example/hook")
    assert secret not in page.content()


@pytest.mark.parametrize("width", [390, 1280])
def test_what_becomes_of_a_ping_shows_without_loading_the_page_again(visit: Visit, hook: UUID, width: int) -> None:
    page = visit(f"/webhooks/{hook}", width=width)

    act(page, "Send a ping", "Send it")

    expect(page.locator(".rows .said")).to_contain_text("lies in a private network", timeout=20_000)
    expect(page.locator("main .badge-part").first).to_have_text("failing")


def test_it_is_disabled_its_dead_letter_looked_at_and_sent_again(visit: Visit, hook: UUID) -> None:
    page = visit(f"/webhooks/{hook}")
    act(page, "Send a ping", "Send it")
    act(page, "Disable", "Disable it")
    expect(page.locator("main")).to_contain_text("Nothing is sent there")

    act(page, "Enable", "Enable it")
    expect(page.get_by_role("button", name="Disable", exact=True)).to_be_visible()
    page.locator(".rows .look").click()
    expect(page.locator("#drawer pre")).to_contain_text('"type": "ping"')
    page.locator("#drawer").get_by_role("button", name="Send it again").click()
    expect(page.locator("#drawer p")).to_contain_text("It keeps its name")
    page.locator("#drawer").get_by_role("button", name="Send it again").click()

    expect(page.locator(".rows .badge-part")).to_have_text("waiting")
