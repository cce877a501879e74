"""R2, J7, J8: a store manager is told, live, when stock falls below its threshold, acts upon it, and sees it over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from onhand.connect.push import vapid
from onhand.core.clock import utc_now
from onhand.flows import commands as c
from onhand.messages.alerts import devices
from push_service import Browser, PushService, push_service
from serving import eventually
from shop import Shop
from stories.conftest import Visit

# To subscribe a browser asks its maker's service, out in the world: here it gets what the service on this machine gave.
SUBSCRIBES = """
const given = GIVEN;
let subscribed = REMEMBERED;
PushManager.prototype.getSubscription = async () => subscribed;
PushManager.prototype.subscribe = async (options) => {
  subscribed = {
    endpoint: given.endpoint, options, toJSON: () => given,
    unsubscribe: async () => { subscribed = null; return true; },
  };
  return subscribed;
};
"""


# What a browser remembers that was subscribed with a key of sixty-five zeros, until it is asked anew.
REMEMBERED = """{
  endpoint: given.endpoint, options: { applicationServerKey: new ArrayBuffer(65) }, toJSON: () => given,
  unsubscribe: async () => { subscribed = null; return true; },
}"""


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


@pytest.fixture
def service() -> Iterator[PushService]:
    """Where notifications go."""
    with push_service() as found:
        yield found


def subscribing(page: Page, browser: Browser, remembered: str = "null") -> None:
    """Let the browser before this page be subscribed with the push service, if it asks, or as it was before."""
    page.context.grant_permissions(["notifications"])
    page.add_init_script(SUBSCRIBES.replace("GIVEN", browser.subscription).replace("REMEMBERED", remembered))
    page.reload()


def deliver(page: Page, said: Any) -> None:
    """Hand the browser what its push service has for it."""
    session = page.context.new_cdp_session(page)
    known: list[Any] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda news: known.extend(news["registrations"]))
    session.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    facts = {"origin": page.url.split("/account")[0], "registrationId": known[0]["registrationId"]}
    session.send("ServiceWorker.deliverPushMessage", {**facts, "data": json.dumps(said)})


# The debugger's way in may lose a message while the worker starts. Handed in once more it takes the first one's place.
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.ready;
  for (let look = 0; look < 20; look++) {
    const found = await registration.getNotifications();
    if (found.length) return found.map(({ title, body, tag }) => ({ title, body, tag }));
    await new Promise((go) => setTimeout(go, 100));
  }
  return [];
}"""


def shown(page: Page, said: Any) -> Any:
    """What a device shows once it was handed something; nothing when that was lost."""
    deliver(page, said)
    return page.evaluate(SHOWN)


def test_an_alert_appears_on_the_device_and_leads_to_the_alerts(shop: Shop, visit: Visit, service: PushService) -> None:
    shop.now = utc_now()
    shop.stock("mug", 10)
    shop.do(c.SetThreshold("london", "mug", Decimal(5)))
    device = service.subscribe()
    page = visit("/account/alerts", role="store_manager")
    subscribing(page, device)

    page.get_by_role("button", name="Turn it on").click()

    expect(page.locator("#toasts")).to_contain_text("Alerts are shown on this device from now on.")
    expect(page.locator("#devices [data-when=on]")).to_be_visible()
    expect(page.locator("#devices [data-here]")).to_be_visible()

    shop.do(c.Adjust("london", "pick", "mug", "broken", by=Decimal(-6)))
    service.receiver.until(lambda _: device.shown)

    (first,) = eventually(lambda: shown(page, device.shown[0]))
    assert first["title"] == "Mug at London: 4 left"
    assert first["tag"] == "below_threshold/mug/london"
    # Of one situation what comes later takes the place of what was shown.
    later = device.shown[0] | {"title": "Mug at London: 2 left"}
    eventually(lambda: [each["title"] for each in shown(page, later)] == ["Mug at London: 2 left"])
    # Only a real click opens windows: where it would lead is asked of the worker.
    (worker,) = page.context.service_workers
    link = "https://elsewhere.example/alerts?view=mine"
    led = worker.evaluate("async (link) => { clients.openWindow = (at) => at; return lead(link); }", link)
    assert led == "/alerts?view=mine"

    page.get_by_role("button", name="Take it off").click()
    page.locator("#drawer-content").get_by_role("button", name="Take it off").click()

    expect(page.get_by_role("button", name="Turn it on")).to_be_visible()
    expect(page.locator("#devices")).to_contain_text("No device shows your alerts just now")


def test_a_browser_that_cannot_show_it_says_why(shop: Shop, visit: Visit) -> None:
    page = visit("/account/alerts", role="store_manager", width=390)
    page.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })")
    page.reload()
    expect(page.get_by_text("Notifications of this page are blocked.")).to_be_visible()

    page.add_init_script("delete window.PushManager")
    page.reload()
    expect(page.get_by_text("This browser cannot show notifications.")).to_be_visible()
    expect(page.get_by_role("button", name="Turn it on")).to_be_hidden()

    page.add_init_script("navigator.standalone = false")  # as Safari says it on an iPhone
    page.reload()
    expect(page.get_by_text("Choose “Share”, then “Add to Home Screen”")).to_be_visible()


def test_a_phone_keeps_the_house_on_its_home_screen(visit: Visit) -> None:
    page = visit("/home", width=390)

    devtools = page.context.new_cdp_session(page)
    manifest = devtools.send("Page.getAppManifest")
    hindrances = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]

    assert manifest["url"].endswith("/static/onhand/onhand.webmanifest")
    assert manifest["errors"] == []
    # A browser of a story leaves no trace, and such a one keeps nothing on a home screen.
    assert [each["errorId"] for each in hindrances if each["errorId"] != "in-incognito"] == []
    page.goto(json.loads(manifest["data"])["start_url"])
    expect(page.locator("main h1")).to_be_visible()


def test_a_device_turns_itself_on_again_when_the_shop_has_another_key(
    shop: Shop, visit: Visit, service: PushService
) -> None:
    device = service.subscribe()
    page = visit("/account/alerts", role="store_manager")
    subscribing(page, device)
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("#devices [data-when=on]")).to_be_visible()
    vapid.change(shop.db, actor="operator/root", now=utc_now())
    shop.db.commit()

    page.goto("/stock")
    subscribing(page, device, REMEMBERED)
    page.get_by_role("link", name="Turn them on again").click()

    expect(page.locator("#toasts")).to_contain_text("Alerts are shown on this device from now on.")
    expect(page.locator("#devices [data-when=on]")).to_be_visible()
    expect(page.locator("#devices [data-device]")).to_have_count(1)
    expect(page.get_by_text("shows nothing")).to_have_count(0)
    assert [len(each) for each in devices.by_person(shop.db).values()] == [1]


def test_who_signs_out_on_a_device_is_shown_nothing_there_any_more(
    shop: Shop, visit: Visit, service: PushService
) -> None:
    page = visit("/account/alerts", role="store_manager")
    subscribing(page, service.subscribe())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("#devices [data-when=on]")).to_be_visible()
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 1

    page.get_by_role("button", name="Ana Souza").click()
    page.get_by_role("button", name="Sign out").click()

    page.wait_for_url("**/account/login/**")
    eventually(lambda: page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => !all.length)"))
