"""Takes the pictures of the manual from the running product: ``make pictures``.

A shop of its own is started in a folder of its own, real sales come in for a while, and a browser looks on: Chromium,
the system's where there is one, else Playwright's. With ``--look FOLDER`` every page is taken in every width and both
colour schemes, for whoever changes the pages and wants to see them all.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, Page, expect, sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "how-to" / "pictures"
SHOWN = {
    "status": "/",
    "overview": "/overview",
    "stock": "/stock?site=london",
    "home": "/home",
    "desk": "/desk/goods/22423",
    "window": "/shop",
    "window-goods": "/shop/goods/22423",
}
PAGES = {
    **SHOWN,
    "sign-in": "/account/login/",
    "how-tos": "/how-to/",
    "replay": "/how-to/replay-real-sales",
    "products": "/products",
    "goods": "/goods/22423",
    "waiting": "/waiting",
    "reservations": "/reservations",
    "moves": "/moves",
    "sites": "/sites",
    "locations": "/locations",
    "imports": "/imports",
    "orders": "/orders",
    "webhooks": "/webhooks",
    "design": "/design",
    "alerts": "/alerts",
    "alert-wishes": "/account/alerts",
    "messages": "/messages",
    "templates": "/messages/templates",
    "cases": "/desk/cases",
    "customers": "/desk/customers",
    "reviews": "/reviews",
    "basket": "/shop/basket",
    "second-factor": "/account/2fa/",
}
# Those that are seen before signing in.
OPEN = {"status", "sign-in", "window", "window-goods", "basket"}
WIDTHS = (360, 768, 1440)
ONHAND = [sys.executable, "-m", "onhand"]
SECONDS_OF_SALES = 480.0
# Who looks after one store.
NAME = "store_manager"

Scheme = Literal["light", "dark"]


def main() -> None:
    """Take the manual's pictures, or all of them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--look", type=Path, help="take every page in every width and scheme, into this folder")
    options.add_argument("--seconds", type=float, default=SECONDS_OF_SALES, help="how long sales come in before")
    options.add_argument("--only", nargs="+", choices=PAGES, metavar="NAME", help="of the manual's, these alone")
    chosen = options.parse_args()
    with _shop(chosen.seconds) as shop, _browser() as browser:
        if chosen.look:
            chosen.look.mkdir(parents=True, exist_ok=True)
            _look(browser, shop, chosen.look)
        else:
            for name in chosen.only or SHOWN:
                _take(browser, shop, name, PICTURES / f"{name}.png", 1120, "light")


class Shop(NamedTuple):
    """A running product: where it is, and who may sign in."""

    address: str
    name: str
    password: str


@contextmanager
def _shop(seconds: float) -> Iterator[Shop]:
    """A running product with some sales in it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="onhand-pictures-") as folder:
        Path(folder).chmod(0o755)
        environment = {**os.environ, "ONHAND_DATA": folder, "ONHAND_PORT": str(port)}
        environment.pop("DATABASE_URL", None)
        command = [*ONHAND, "run", "--speed", "7200"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
            try:
                password = _told(server)
                time.sleep(seconds)
                yield Shop(f"http://127.0.0.1:{port}", NAME, password)
            finally:
                server.send_signal(signal.SIGTERM)


def _told(server: subprocess.Popen[str]) -> str:
    """The password that a first run prints, for everybody of the demo."""
    for line in server.stdout or ():
        if found := re.search(r"as demo, password (\S+)", line):
            return found.group(1)
    sys.exit("It ended before it said how to sign in.")


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        ours = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=ours, args=["--no-sandbox"])
        yield browser
        browser.close()


def _look(browser: Browser, shop: Shop, folder: Path) -> None:
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for name in PAGES:
        for width in WIDTHS:
            for scheme in schemes:
                _take(browser, shop, name, folder / f"{name}-{width}-{scheme}.png", width, scheme)


def _take(browser: Browser, shop: Shop, name: str, file: Path, width: int, scheme: Scheme) -> None:
    page = browser.new_page(viewport={"width": width, "height": 760}, color_scheme=scheme, base_url=shop.address)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in {"error", "warning"} else None)
    if name not in OPEN:
        _sign_in(page, shop)
    page.goto(PAGES[name])
    # Not by a condition in text: the pages forbid evaluating one.
    expect(page.locator(".htmx-request, #overview .skeleton")).to_have_count(0, timeout=30_000)
    page.screenshot(path=file, full_page=name == "status")
    if faults:
        sys.exit(f"The browser complains about {name}: {faults}")
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        sys.exit(f"{name} is wider than a screen of {width} pixels.")
    page.close()


def _sign_in(page: Page, shop: Shop) -> None:
    page.goto("/account/login/")
    page.fill("[name=login]", shop.name)
    page.fill("[name=password]", shop.password)
    page.click("form.card-part button.btn-primary")
    page.wait_for_load_state()


if __name__ == "__main__":
    main()
