"""Customers at their browsers, in the stories: who they are, the code they are sent, how they come in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page

from letterbox import Mailbox, text_of
from stories.conftest import PATIENCE_MS

EMAIL = "ana@shop.example"
Enter = Callable[..., Page]


@contextmanager
def entering(chromium: Browser, address: str) -> Iterator[Enter]:
    """Open a page in a browser of its own, where nobody is signed in; what the console complains of fails the story."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def enter(path: str, *, width: int = 1280, **facts: object) -> Page:
        viewport = {"width": width, "height": 900}
        # Passkeys are for a name, and an address in numbers is none.
        base = address.replace("127.0.0.1", "localhost")
        context = chromium.new_context(base_url=base, viewport=viewport, **facts)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.goto(path)
        return page

    yield enter
    for context in contexts:
        context.close()
    assert [each for each in complaints if "status of 4" not in each] == []


def code_in(post: Mailbox, letters: int) -> str:
    """The code in the letter that came last, once so many have arrived."""
    (code,) = re.findall(r"\b\d{3} \d{3}\b", text_of(post.until(letters)[-1]))
    return str(code)


def come_in(page: Page, post: Mailbox, email: str = EMAIL) -> None:
    """Sign in by the code that is sent, from the keyboard."""
    before = len(post.arrived)
    page.locator("[name=email]").fill(email)
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/sign-in/code*")
    page.locator("[name=code]").fill(code_in(post, before + 1))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def give_finger(page: Page) -> None:
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
