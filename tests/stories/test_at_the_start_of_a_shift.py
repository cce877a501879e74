"""O7: at the start of a shift everybody signs in as who they are, with more than a password, or with badge and PIN."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from doors.people import PASSWORD
from doors.test_signing_in import code
from onhand.access.people import admit
from shop import Shop
from stories.conftest import PATIENCE_MS
from stories.test_accessible import faults_of, small_targets, too_wide

BADGE, PIN = "B-7F3K9Q", "804153"
WIDTHS = (390, 1280)

Enter = Callable[..., Page]


@pytest.fixture
def enter(chromium: Browser, address: str, shop: Shop) -> Iterator[Enter]:
    """A browser of somebody's own at the sign-in, with a finger to show; what the console complains of fails it."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    # A passkey belongs to a name, which an address of four numbers is not.
    named = address.replace("127.0.0.1", "localhost")

    def enter(*, width: int, finger: bool = False, path: str = "/account/login/", checked: bool = False) -> Page:
        context = chromium.new_context(
            base_url=named, viewport={"width": width, "height": 900}, bypass_csp=checked, reduced_motion="reduce"
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        if finger:
            _give_finger(page)
        page.goto(path)
        return page

    yield enter
    for context in contexts:
        context.close()
    # Where the clock is put forward, what is under way just then takes too long.
    assert [each for each in complaints if "status of 4" not in each and "error: timeout" not in each] == []


def _give_finger(page: Page) -> None:
    """A virtual authenticator, as a phone's own, whose holder is there and says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def by_password(page: Page, name: str, password: str = PASSWORD) -> None:
    page.fill("[name=login]", name)
    page.fill("[name=password]", password)
    page.locator("form.card-part").first.get_by_role("button").click()
    page.wait_for_url(lambda url: "/account/login" not in url)


def sign_out(page: Page) -> None:
    page.locator("button.who").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/login/")


def admitted(shop: Shop, name: str, role: str) -> str:
    admit(shop.db, name, role, full_name=name.capitalize(), password=PASSWORD)
    shop.db.commit()
    return name


@pytest.mark.parametrize("width", WIDTHS)
def test_a_passkey_is_a_second_factor_and_then_all_it_takes(shop: Shop, enter: Enter, width: int) -> None:
    page = enter(width=width, finger=True)
    by_password(page, admitted(shop, "ana", "store_manager"))
    page.get_by_role("link", name="Set up a second factor").click()
    page.locator("#passkeys").get_by_role("link", name="Add a passkey").click()
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.fill("[name=name]", "Phone")
    page.check("[name=passwordless]")
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("h1")).to_have_text("Recovery codes")
    expect(page.locator("#recovery_codes")).to_have_value(re.compile(r"^(\d{8}\s){10}$"))

    sign_out(page)
    by_password(page, "ana")
    expect(page.locator("h1")).to_have_text("Second factor")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/home")

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/home")
    expect(page.locator(".banner")).to_have_count(0)


def test_an_app_shows_codes_that_open_and_one_sees_where_one_is_signed_in(shop: Shop, enter: Enter) -> None:
    page = enter(width=390)
    by_password(page, admitted(shop, "ana", "owner"))
    page.goto("/account/2fa/")
    page.locator("#app").get_by_role("link", name="Set it up").click()
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    secret = page.locator("#authenticator_secret").input_value()
    page.fill("[name=code]", code(secret))
    page.get_by_role("button", name="Activate").click()
    expect(page.locator("h1")).to_have_text("Recovery codes")

    other = enter(width=1280)
    by_password(other, "ana")
    other.fill("[name=code]", code(secret, 1))
    other.get_by_role("button", name="Go on").click()
    other.wait_for_url("**/home")

    page.goto("/account/")
    expect(page.locator("#sessions li")).to_have_count(2)
    page.get_by_role("button", name="End it").click()
    expect(page.locator("#sessions li")).to_have_count(1)
    other.goto("/stock")
    expect(other.locator("h1")).to_have_text("Sign in")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_shift_shares_a_device_by_badge_and_pin(shop: Shop, enter: Enter, width: int) -> None:
    shop.stock("mug", 3)
    admitted(shop, "ana", "store_associate")
    page = enter(width=width)
    by_password(page, admitted(shop, "max", "store_manager"))

    page.goto("/devices")
    page.locator("#holder-ana").get_by_role("button", name="Set up").click()
    page.fill("#drawer [name=code]", "4711")
    page.locator("#drawer [name=badge]").press_sequentially(BADGE)
    page.keyboard.press("Enter")
    expect(page.locator("#drawer [name=pin]")).to_be_focused()
    page.fill("#drawer [name=pin]", PIN)
    page.fill("#drawer [name=again]", PIN)
    page.click("#drawer .btn-primary")
    expect(page.locator("#holder-ana")).to_contain_text("4711")
    page.click("#do-register")
    page.fill("#drawer [name=name]", "Counter 2")
    page.select_option("#drawer [name=site]", "london")
    page.click("#drawer .btn-primary")
    page.click("#hand-over")

    page.wait_for_url("**/shift")
    page.locator("[name=code]").press_sequentially(BADGE)
    page.keyboard.press("Enter")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/home")
    expect(page.locator("button.who")).to_have_attribute("aria-label", "Ana")

    page.locator("button.who").click()
    page.get_by_role("button", name="Lock, or hand over").click()
    page.wait_for_url("**/shift")
    page.goto("/stock")
    expect(page.locator("h1")).to_have_text("Sign in")


def test_a_shared_device_that_nobody_touches_locks_itself(shop: Shop, enter: Enter) -> None:
    from onhand.access.signin import devices
    from onhand.core.clock import utc_now

    admitted(shop, "ana", "store_associate")
    token = devices.register(shop.db, "Counter 2", "london", actor="person/max", now=utc_now())
    devices.set_badge(shop.db, devices.SetBadge("ana", "4711", BADGE, PIN), actor="person/max", now=utc_now())
    shop.db.commit()
    page = enter(width=390)
    page.context.add_cookies([{"name": "onhand_device", "value": str(token), "domain": "localhost", "path": "/"}])
    page.goto("/shift")
    page.clock.install()
    page.fill("[name=code]", "4711")
    page.fill("[name=pin]", PIN)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/home")

    page.clock.fast_forward(290_000)
    expect(page.locator("h1")).to_have_text("Today")
    page.clock.fast_forward(15_000)

    page.wait_for_url("**/shift")
    page.goto("/stock")
    expect(page.locator("h1")).to_have_text("Sign in")


@pytest.mark.parametrize("language", ["en", "es", "pt-br"])
def test_no_page_of_signing_in_keeps_anybody_out(shop: Shop, enter: Enter, language: str) -> None:
    admitted(shop, "ana", "store_associate")
    page = enter(width=360, checked=True)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    faults = {}

    def look(*paths: str) -> None:
        for path in paths:
            page.goto(path)
            if found := faults_of(page) + small_targets(page) + too_wide(page):
                faults[path] = found

    look("/account/login/", "/account/password/reset/", "/shift")
    page.goto("/account/login/")
    by_password(page, admitted(shop, "max", "owner"))
    page.goto("/account/2fa/totp/activate/")
    page.fill("[name=password]", PASSWORD)
    page.locator("form.card-part button").click()
    look("/account/", "/account/2fa/", "/account/2fa/totp/activate/", "/account/2fa/webauthn/add/", "/account/email/")
    look("/account/2fa/webauthn/", "/account/password/change/", "/devices", "/identity/o/device")

    assert faults == {}
