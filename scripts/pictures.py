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
from typing import Literal
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
PAGES = {"status": "/", "how-tos": "/how-to/", "replay": "/how-to/replay-real-sales"}
WIDTHS = (360, 768, 1440)
SECONDS_OF_SALES = 480.0

Scheme = Literal["light", "dark"]


def main() -> None:
    """Take the manual's pictures, or all of them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--look", type=Path, help="take every page in every width and scheme, into this folder")
    options.add_argument("--seconds", type=float, default=SECONDS_OF_SALES, help="how long sales come in before")
    chosen = options.parse_args()
    with _shop(chosen.seconds) as address, _browser() as browser:
        if chosen.look:
            chosen.look.mkdir(parents=True, exist_ok=True)
            _look(browser, address, chosen.look)
        else:
            _take(browser, f"{address}/", PICTURES / "status.png", 1120, "light", whole=True)


@contextmanager
def _shop(seconds: float) -> Iterator[str]:
    """A running product with some sales in it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="onhand-pictures-") as folder:
        Path(folder).chmod(0o755)
        environment = {**os.environ, "ONHAND_DATA": folder, "ONHAND_PORT": str(port)}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-c", "from onhand.doors.cli import main; main()", "run", "--speed", "7200"]
        with subprocess.Popen(command, env=environment) as server:
            try:
                address = f"http://127.0.0.1:{port}"
                _wait_for(address)
                time.sleep(seconds)
                yield address
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


def _look(browser: Browser, address: str, folder: Path) -> None:
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for name, path in PAGES.items():
        for width in WIDTHS:
            for scheme in schemes:
                _take(browser, address + path, folder / f"{name}-{width}-{scheme}.png", width, scheme, whole=True)


def _take(browser: Browser, url: str, file: Path, width: int, scheme: Scheme, *, whole: bool) -> None:
    page = browser.new_page(viewport={"width": width, "height": 760}, color_scheme=scheme, device_scale_factor=1)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in {"error", "warning"} else None)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file, full_page=whole)
    if faults:
        sys.exit(f"The browser complains about {url}: {faults}")
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        sys.exit(f"{url} is wider than a screen of {width} pixels.")
    page.close()


if __name__ == "__main__":
    main()
