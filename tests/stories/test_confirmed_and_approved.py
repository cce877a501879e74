"""O8, O9: who overrides a count or takes much back proves anew who they are; above a limit a second one agrees."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from allauth.mfa.webauthn.internal.auth import WebAuthn
from playwright.sync_api import Browser, Page, expect

from doors.people import PASSWORD
from onhand.access.confirming.limits import set_limits
from onhand.access.confirming.rules import QUANTITY, Limit
from onhand.access.models import Person
from onhand.access.people import admit
from onhand.flows import commands as c
from shop import Shop
from stories.conftest import Visit
from stories.factors import confirm, enrol

WIDTHS = pytest.mark.parametrize("width", [390, 1280])

# What a browser does when a passkey is set up, shortened: the key is made, and handed over as it is stored.
MAKE_PASSKEY = """async () => {
  const made = await navigator.credentials.create({ publicKey: {
    rp: { id: "localhost", name: "Onhand" }, challenge: new Uint8Array(32), attestation: "none",
    user: { id: new Uint8Array([1, 2, 3]), name: "cai", displayName: "Cai" },
    pubKeyCredParams: [{ type: "public-key", alg: -7 }], authenticatorSelection: { userVerification: "required" },
  } });
  return JSON.stringify(made.toJSON());
}"""


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    shop.stock("mug", 200)
    return shop


def open_act(page: Page, name: str, site: str = "london") -> None:
    """Open an act on the goods' page, as far as its form."""
    button = page.locator(f"#at-{site} [hx-get*={name}]")
    if not button.is_visible():
        page.click(f"[popovertarget=more-{site}]")
        button = page.locator(f"#more-{site} [hx-get*={name}]")
    button.click()
    expect(page.locator("#drawer")).to_be_visible()


def correct(page: Page, by: str, reason: str) -> None:
    open_act(page, "adjust")
    page.fill("[name=by]", by)
    page.fill("[name=reason]", reason)
    page.click("#drawer .btn-primary")


@WIDTHS
def test_a_count_is_overridden_once_it_was_shown_and_confirmed(stocked: Shop, visit: Visit, width: int) -> None:
    page = visit("/goods/mug", role="store_manager", width=width)
    factor = enrol("store_manager-0")

    correct(page, "-2", "broken")
    step = page.locator("#drawer")
    expect(step).to_contain_text("Ana Souza")
    expect(step.locator("tbody tr")).to_have_text("mug200198")
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(step).to_contain_text("That is not right")
    assert stocked.available("mug") == 200

    confirm(page, factor)
    expect(page.locator("#toasts")).to_contain_text("mug at london: -2")
    expect(page.locator("#at-london strong")).to_have_text("198")
    page.click("#toasts .undo")
    expect(page.locator("#toasts")).to_contain_text("It was undone.")
    expect(page.locator("#at-london strong")).to_have_text("200")


@WIDTHS
def test_stock_that_moves_while_one_looks_is_shown_anew(stocked: Shop, visit: Visit, width: int) -> None:
    page = visit("/goods/mug", role="store_manager", width=width)
    factor = enrol("store_manager-0")
    correct(page, "-2", "broken")
    step = page.locator("#drawer")
    expect(step.locator("tbody tr")).to_have_text("mug200198")
    stocked.stock("mug", 10)

    confirm(page, factor)
    expect(step).to_contain_text("It changed while you looked at it")
    expect(step.locator("tbody tr")).to_have_text("mug210208")
    confirm(page, factor)

    expect(page.locator("#toasts")).to_contain_text("mug at london: -2")
    expect(page.locator("#at-london strong")).to_have_text("208")


@WIDTHS
def test_much_that_comes_back_is_confirmed_and_little_is_not(stocked: Shop, visit: Visit, width: int) -> None:
    stocked.do(stocked.order(("mug", 80)))
    stocked.do(c.AdvanceOrder("web", "N1", "ship"))
    page = visit("/orders/of/web/N1", role="customer_service", width=width)

    page.click("#do-take-back")
    page.fill("[name=line_1]", "2")
    page.fill("[name=reason]", "wrong colour")
    page.click("#drawer .btn-primary")
    expect(page.locator("#toasts")).to_contain_text("came back")

    page.click("#do-take-back")
    page.fill("[name=line_1]", "60")
    page.fill("[name=reason]", "wrong colour")
    page.click("#drawer .btn-primary")
    step = page.locator("#drawer")
    expect(step.locator("tbody tr")).to_have_text("mug262")
    page.fill("[name=proof_password]", PASSWORD)
    page.keyboard.press("Enter")

    expect(page.locator("#line-1")).to_contain_text("62")


@WIDTHS
def test_high_is_confirmed_medium_and_low_are_not(stocked: Shop, visit: Visit, width: int) -> None:
    stocked.stock("mug", 2000)
    stocked.do(stocked.order(("mug", 1)))
    page = visit("/goods/mug", role="store_manager", width=width)
    factor = enrol("store_manager-0")

    open_act(page, "threshold")
    page.fill("[name=quantity]", "15")
    page.click("#drawer .btn-primary")
    expect(page.locator("#drawer tbody tr")).to_have_text("mug–15")
    confirm(page, factor)
    expect(page.locator("#toasts")).to_contain_text("The threshold of mug at london is 15.")

    page.goto("/goods/mug")
    open_act(page, "transfer")
    page.fill("[name=target]", "lisbon")
    page.fill("[name=quantity]", "1500")
    page.fill("[name=reference]", "T1")
    page.click("#drawer .btn-primary")
    expect(page.locator("#drawer tbody tr")).to_have_text("mug2,200700")
    confirm(page, factor)
    expect(page.locator("#toasts")).to_contain_text("on their way to lisbon")

    page.goto("/orders/of/web/N1")
    page.get_by_role("button", name="Hold").click()
    page.fill("[name=reason]", "address unclear")
    page.click("#drawer .btn-primary")
    expect(page.locator("#toasts")).to_contain_text("is held")


@WIDTHS
def test_above_the_limit_a_second_person_agrees_and_the_first_hears_of_it(
    stocked: Shop, visit: Visit, width: int
) -> None:
    set_limits(stocked.db, "Adjust", {QUANTITY: Limit(None, Decimal(50))}, actor="system", now=stocked.now)
    stocked.db.commit()
    asker = visit("/goods/mug", role="warehouse_operator", width=width)
    hers = enrol("warehouse_operator-0")
    correct(asker, "-80", "water damage")
    expect(asker.locator("#drawer")).to_contain_text("somebody else then approves it")
    confirm(asker, hers)
    expect(asker.locator("#toasts")).to_contain_text("It waits for somebody else to approve it")
    assert stocked.available("mug") == 200
    stocked.db.rollback()
    asker.goto("/stock")
    expect(asker.locator("#live-state")).to_have_attribute("data-state", "on")

    approver = visit("/approvals", role="warehouse_manager", width=width)
    his = enrol("warehouse_manager-1")
    approver.click("text=Correct stock · mug")
    expect(approver.locator("main")).to_contain_text("water damage")
    expect(approver.locator(".before-after tbody tr")).to_have_text("mug200120")
    approver.click("#do-approve")
    approver.click("#drawer .btn-primary")
    confirm(approver, his)

    expect(approver.locator("#toasts")).to_contain_text("is approved and done")
    expect(asker.locator("#toasts")).to_contain_text("approved and done")
    stocked.db.rollback()
    assert stocked.available("mug") == 120
    last = stocked.db.execute("SELECT actor, reason FROM stock_move ORDER BY id DESC LIMIT 1").fetchone()
    assert last == ("person/warehouse_operator-0", "adjustment: water damage")


def test_a_passkey_signs_what_is_confirmed(stocked: Shop, chromium: Browser, address: str) -> None:
    admit(stocked.db, "cai", "store_manager", full_name="Cai", password=PASSWORD)
    stocked.db.commit()
    # A passkey belongs to a name, not to a number.
    context = chromium.new_context(base_url=address.replace("127.0.0.1", "localhost"))
    page = context.new_page()
    _plug_in_authenticator(page)
    page.goto("/account/login/?next=/goods/mug")
    page.fill("[name=login]", "cai")
    page.fill("[name=password]", PASSWORD)
    page.click("form.card-part button.btn-primary")
    page.wait_for_url("**/goods/mug")
    WebAuthn.add(Person.objects.get(username="cai"), "phone", json.loads(page.evaluate(MAKE_PASSKEY)))

    correct(page, "-2", "broken")
    expect(page.locator("#drawer [name=proof_code]")).to_have_count(0)
    page.click("[data-signs]")

    expect(page.locator("#toasts")).to_contain_text("mug at london: -2")
    told = stocked.db.execute("SELECT data ->> 'factor' FROM core_event WHERE kind = 'act.confirmed'").fetchone()
    assert told == ("passkey",)
    context.close()


def _plug_in_authenticator(page: Page) -> Any:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
