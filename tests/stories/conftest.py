"""The stage of the stories: the product as it is served, and a browser before it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from doors.people import PASSWORD
from letterbox import Mailbox, mailbox
from onhand.access.people import admit
from serving import serving
from shop import Shop

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def post() -> Iterator[Mailbox]:
    """Where letters arrive."""
    with mailbox() as letters:
        yield letters


@pytest.fixture(scope="session")
def address(database_url: str, post: Mailbox) -> Iterator[str]:
    """Where the product is served."""
    with serving(
        "serve",
        url=database_url,
        ONHAND_LOG_LEVEL="warning",
        ONHAND_WEBHOOKS_TO="loopback",
        ONHAND_SMTP_URL=post.url,
    ) as served:
        yield str(served.client.base_url)
        served.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser; the stories are passed over where none is installed."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, address: str, shop: Shop) -> Iterator[Visit]:
    """Sign somebody in, in a browser of their own, and open a page. What the console complains of fails the story."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def visit(path: str, *, role: str = "owner", width: int = 1440, **facts: object) -> Page:
        name = f"{role}-{len(contexts)}"
        admit(shop.db, name, role, full_name="Ana Souza", password=PASSWORD)
        shop.db.commit()
        context = chromium.new_context(base_url=address, viewport={"width": width, "height": 900}, **facts)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.goto(f"/account/login/?next={path}")
        page.fill("[name=login]", name)
        page.fill("[name=password]", PASSWORD)
        page.click("form.card-part button.btn-primary")
        page.wait_for_url(lambda url: "/account/login" not in url)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert [each for each in complaints if "status of 4" not in each] == []
