"""Draw the icons by which phones keep Onhand on their screens, all from ``icon.svg``: ``python scripts/icons.py``.

A phone that rounds icons itself, or cuts them to any shape it likes, is given one whose ground reaches into the
corners. What is drawn on it keeps to the circle that every shape leaves: two fifths of the width around the middle.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parents[1] / "src/onhand/doors/web/static/onhand"
GROUND = "#0b6e4f"


class Icon(NamedTuple):
    """An icon: how wide, and whether its ground reaches into the corners."""

    name: str
    width: int
    filled: bool = False


ICONS = (
    Icon("icon-192", 192),
    Icon("icon-512", 512),
    Icon("icon-maskable-512", 512, filled=True),
    Icon("apple-touch-icon", 180, filled=True),
)


def draw(page: Page, icon: Icon) -> None:
    """Take the picture of one, drawn as large as it shall be."""
    drawing, ground = (HERE / "icon.svg").read_text(), GROUND if icon.filled else "transparent"
    page.set_viewport_size({"width": icon.width, "height": icon.width})
    page.set_content(
        f"<style>html {{ background: {ground} }} svg {{ position: fixed; inset: 0; width: 100vw }}</style>{drawing}"
    )
    page.screenshot(path=HERE / f"{icon.name}.png", omit_background=not icon.filled)


def main() -> None:
    """All of them."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        for icon in ICONS:
            draw(page, icon)
        browser.close()


if __name__ == "__main__":
    main()
