"""Takes the pictures of the manual from the running product: ``make pictures``.

A shop of its own is started in a folder of its own, real sales come in for a while, and a browser looks on: Chromium,
the system's where there is one, else Playwright's. With ``--look FOLDER`` every page is taken in every width and both
colour schemes, for whoever changes the pages and wants to see them all.
"""

from __future__ import annotations

import argparse
import os
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
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, expect, sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
SHOWN = {"status": "/", "overview": "/overview", "stock": "/stock?site=london"}
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
    "second-factor": "/account/2fa/",
}
# Those that are seen before signing in.
OPEN = {"status", "sign-in"}
WIDTHS = (360, 768, 1440)
ONHAND = [sys.executable, "-m", "onhand"]
SECONDS_OF_SALES = 480.0

Scheme = Literal["light", "dark"]


def main() -> None:
    """Take the manual's pictures, or all of them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--look", type=Path, help="take every page in every width and scheme, into this folder")
    options.add_argument("--seconds", type=float, default=SECONDS_OF_SALES, help="how long sales come in before")
    chosen = options.parse_args()
    with _shop(chosen.seconds) as shop, _browser() as browser:
        if chosen.look:
            chosen.look.mkdir(parents=True, exist_ok=True)
            _look(browser, shop, chosen.look)
        else:
            for name in SHOWN:
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
        with subprocess.Popen([*ONHAND, "run", "--speed", "7200"], env=environment) as server:
            try:
                address = f"http://127.0.0.1:{port}"
                _wait_for(address)
                time.sleep(seconds)
                person = [*ONHAND, "person", "create", "photographer", "--full-name", "Ana Souza"]
                made = subprocess.run(person, env=environment, check=True, capture_output=True, text=True)
                yield Shop(address, "photographer", made.stdout.strip())
            finally:
                server.send_signal(signal.SIGTERM)


def _wait_for(address: str) -> None:
    end = time.monotonic() + 120
    while True:
        try:
            with urlopen(address, timeout=5):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


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
