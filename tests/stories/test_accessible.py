"""Every page, light and dark, on a phone and on a desk, in three languages: nothing keeps anybody out (WCAG 2.2 AA).

axe-core looks at the page as it is drawn; what it cannot see (targets large enough for a thumb) is
looked at here.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from messages.conftest import letter
from onhand.connect.webhooks import actions, outbox
from onhand.connect.webhooks.rules import Answer
from onhand.core.clock import utc_now
from onhand.core.refusals import refused
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.flows import alerting, care
from onhand.flows import commands as c
from onhand.messages.actions import post
from shop import Shop
from stories.conftest import Visit

AXE = (Path(__file__).parent.parent / "vendor/axe-core-4.14.1/axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS, TABLET, LANGUAGES = (360, 1440), 768, ("en", "es", "pt-br")
PAGES = (
    "/home",
    "/overview",
    "/stock",
    "/stock?q=nothing",
    "/stock?colour=red",
    "/orders",
    "/orders/of/web/N1",
    "/goods/mug",
    "/desk",
    "/desk/customers",
    "/desk/customers/C1",
    "/desk/customers?representative=nobody",
    "/desk/cases",
    "/desk/goods/mug",
    "/desk/orders/phone/N2",
    "/products",
    "/waiting",
    "/reservations",
    "/moves",
    "/reviews",
    "/reviews/score",
    "/sites",
    "/locations",
    "/imports",
    "/alerts",
    "/alerts/escalation",
    "/account/alerts",
    "/messages",
    "/messages/templates",
    "/messages/templates/order.state/en",
    "/webhooks",
    "/people",
    "/people/of/owner-0",
    "/roles",
    "/roles/of/owner",
    "/keys",
    "/limits",
    "/approvals",
    "/watch",
    "/health",
    "/health?span=30d",
    "/privacy",
    "/privacy/record",
    "/privacy/customers/C1",
    "/design",
    "/account/password/change/",
    "/account/2fa/",
    "/how-to/",
    "/shop",
    "/shop?q=nothing",
    "/shop/goods/mug",
    "/shop/basket",
    "/shop/goods/never",
    "/nowhere",
)
LEAST_PX = 24


@pytest.fixture
def furnished(shop: Shop) -> Shop:
    shop.stock("mug", 12)
    shop.do(shop.order(("mug", 5)))
    save_customers(shop.db, [CustomerRecord("C1", "Ana", "ana@shop.example", "+44 20 7946 0958", "GB")])
    shop.db.commit()
    shop.do(shop.order(("mug", 20), channel="phone", customer="C1"))
    shop.do(c.SetThreshold("london", "mug", Decimal(9)))
    alerting.follow(shop.db, utc_now(), address="")
    post(shop.db, [letter("customer/C1")], actor="system")
    shop.db.commit()
    return shop


@pytest.fixture
def webhook(furnished: Shop) -> str:
    """The page of a webhook that has deliveries of several states. Nothing goes there: it is this machine."""
    db, now = furnished.db, utc_now()
    wanted = actions.NewWebhook("https://127.0.0.1:9/hook", ["order.*", "order.plced"], description="the web shop")
    made = actions.create(db, wanted, actor="ann", now=now, loopback=True)
    assert not refused(made)
    hook = made.webhook.id
    for answer in (Answer(204), Answer(410, "nobody lives here"), Answer(503, "closed for lunch")):
        actions.change(db, hook, actions.ChangeWebhook(state="enabled"), actor="ann", now=now, loopback=False)
        actions.ping(db, hook, actions.PingWebhook(), actor="ann", now=now)
        db.commit()
        outbox.settle(db, [(each, answer) for each in outbox.due(db, {hook: 1}, now)], now)
    actions.ping(db, hook, actions.PingWebhook(), actor="ann", now=now)
    db.commit()
    return f"/webhooks/{hook}"


@pytest.fixture
def case(furnished: Shop) -> str:
    """The page of a case that was answered, on a customer who has notes."""
    db, now = furnished.db, utc_now()
    wanted = care.OpenCase(customer="C1", channel="phone", number="N2", subject="Late mugs", question="Where are they?")
    opened = care.open_case(db, wanted, key="one", actor="ann", now=now)
    assert not refused(opened)
    care.leave_note(db, care.LeaveNote(customer="C1", text="Rings twice", pinned=True), key="two", actor="ann", now=now)
    answer = care.AnswerCase(text="They come on Friday.", by="email")
    care.answer_case(db, opened.case.number, answer, shop="Onhand", key="three", actor="ann", now=now)
    db.commit()
    return f"/desk/cases/{opened.case.number}"


def faults_of(page: Page) -> list[str]:
    """What axe finds, in words."""
    page.evaluate(AXE)
    run: dict[str, Any] = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)
    return [
        f"{fault['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for fault in run["violations"]
        for node in fault["nodes"]
    ]


def small_targets(page: Page) -> list[str]:
    """Controls too small for a thumb; links within sentences are no such targets."""
    script = """least => [...document.querySelectorAll(
        "button, input:not([type=hidden]), select, summary, nav a, .btn, .chip")]
      .filter(one => one.checkVisibility() && !one.closest("article"))
      .map(one => [one, one.getBoundingClientRect()])
      .filter(([one, box]) => box.width && (box.width < least || box.height < least))
      .map(([one, box]) => `${one.outerHTML.slice(0, 80)} ${Math.round(box.width)}×${Math.round(box.height)}`)"""
    found: list[str] = page.evaluate(script, LEAST_PX)
    return found


def too_wide(page: Page) -> list[str]:
    """What pushes the page sideways; what scrolls within itself does not."""
    script = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("main *")]
      .filter(one => one.checkVisibility() && !one.closest(".scroll *, .rows *"))
      .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
      .map(one => `too wide: ${one.outerHTML.slice(0, 120)}`)"""
    found: list[str] = page.evaluate(script)
    return found


def rows_of_bars(page: Page) -> list[str]:
    """Bars above lists whose buttons do not fit beside each other."""
    script = """() => [...document.querySelectorAll(".list-bar")]
      .filter(bar => {
        const seen = [...bar.children].filter(one => !one.matches(".visually-hidden"));
        const boxes = seen.map(one => one.getBoundingClientRect());
        return Math.max(...boxes.map(box => box.top)) >= Math.min(...boxes.map(box => box.bottom));
      })
      .map(bar => `more than one row: ${bar.innerText}`)"""
    found: list[str] = page.evaluate(script)
    return found


# Each width with each theme, and every language: what axe looks at depends on two of them at most at once.
LOOKS = ((360, "light", "pt-br"), (360, "dark", "es"), (1440, "light", "es"), (1440, "dark", "en"))


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_no_page_keeps_anybody_out(
    webhook: str, case: str, visit: Visit, width: int, theme: str, language: str
) -> None:
    page = visit("/design", width=width, color_scheme=theme, bypass_csp=True, reduced_motion="reduce")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    faults = {}
    for path in (*PAGES, webhook, case):
        page.goto(path)
        expect(page.locator("#overview .skeleton, #above .skeleton")).to_have_count(0)
        if found := faults_of(page):
            faults[path] = found

    assert faults == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_no_width_does_anything_stick_out_or_escape_a_thumb(
    webhook: str, case: str, visit: Visit, language: str
) -> None:
    page = visit("/design", width=TABLET, reduced_motion="reduce")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    faults = {}
    for path in (*PAGES, webhook, case):
        page.goto(path)
        expect(page.locator("#overview .skeleton, #above .skeleton")).to_have_count(0)
        for width in (TABLET, *WIDTHS):
            page.set_viewport_size({"width": width, "height": 900})
            found = too_wide(page) + small_targets(page) + (rows_of_bars(page) if width == TABLET else [])
            if found:
                faults[path, width] = found

    assert faults == {}


def test_signing_in_keeps_nobody_out(chromium: Any, address: str) -> None:
    context = chromium.new_context(base_url=address, bypass_csp=True, viewport={"width": 360, "height": 780})
    page = context.new_page()
    faults = {}
    for path in ("/", "/account/login/", "/account/password/reset/"):
        page.goto(path)
        if found := faults_of(page) + small_targets(page):
            faults[path] = found
    context.close()

    assert faults == {}
