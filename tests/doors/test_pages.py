"""The people's pages: what is running, and the how-tos."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import get_args
from urllib.parse import urljoin

import pytest
from django.db import OperationalError, connections
from django.test import Client

import onhand
from onhand.core.database import Connection
from onhand.doors.web import how_to, status
from onhand.doors.web.words import words
from onhand.flows import commands as c
from onhand.insight.pulse import Finger, Pulse
from shop import Shop


@pytest.fixture
def browser(db: Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Somebody who looks, at a process that has not felt the pulse before."""
    monkeypatch.setattr(status, "_finger", Finger())
    yield Client()
    connections.close_all()


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def read(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def _file(browser: Client, path: str, kind: str) -> bytes:
    """A file the product serves, which must be of this kind."""
    with closing(browser.get(path)) as answer:
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
        return bytes(answer.getvalue())


def _size(picture: bytes) -> str:
    """How large a PNG is; empty for what is none."""
    if not picture.startswith(b"\x89PNG"):
        return ""
    return "{}x{}".format(*struct.unpack(">II", picture[16:24]))


def test_the_first_page_shows_what_is_there_and_what_comes_in(shop: Shop, browser: Client) -> None:
    shop.stock("mug", 1200)
    shop.do(shop.order(("mug", 2)))
    shop.do(shop.order(("lamp", 3)))

    page = text(read(browser, "/"))

    assert "2 in the last minute 2 in the last hour" in page
    assert "1,200 pieces on hand" in page
    assert "3 pieces waited for, in one line" in page
    assert "2 SKUs 2 sites" in page
    assert "Order N2 was placed and another lately" in page


def test_its_figures_come_anew_as_a_fragment(shop: Shop, browser: Client) -> None:
    fragment = read(browser, "/pulse")

    assert "<html" not in fragment
    assert "in the last minute" in fragment
    assert 'data-from="/pulse"' in read(browser, "/")


def test_a_shop_without_anything_says_what_to_do(browser: Client) -> None:
    page = text(read(browser, "/"))

    assert "Nothing is here yet" in page
    assert "onhand demo" in page
    assert "onhand key create NAME" in page


def test_it_leads_to_the_api_and_the_how_tos(shop: Shop, browser: Client) -> None:
    page = read(browser, "/")

    assert 'href="/api/docs"' in page
    assert 'href="/how-to/"' in page


def test_while_the_database_is_silent_the_page_says_so(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent() -> Pulse:
        raise OperationalError

    monkeypatch.setattr(status, "_feel", silent)

    answer = browser.get("/")

    assert answer.status_code == 503
    assert "The database does not answer" in answer.content.decode()


def test_when_the_database_is_back_the_page_is_back(
    shop: Shop, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(browser, "/")
    pid = connections["default"].connection.info.backend_pid
    shop.db.execute("SELECT pg_terminate_backend(%s)", (pid,))
    monkeypatch.setattr(status, "_finger", Finger())

    answers = [browser.get("/pulse").status_code for _ in range(2)]

    assert answers == [200, 200]


@pytest.mark.parametrize("path", ["/", "/pulse", "/how-to/", "/static/onhand/pulse.js", "/nowhere"])
def test_browsers_may_load_our_own_files_and_nothing_else(shop: Shop, browser: Client, path: str) -> None:
    answer = browser.get(path)

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


@pytest.mark.parametrize("path", ["/", "/pulse", "/how-to/", "/how-to/replay-real-sales"])
def test_pages_keep_to_their_own_policy(shop: Shop, browser: Client, path: str) -> None:
    page = read(browser, path)

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", page)


@pytest.mark.parametrize("path", ["/", "/account/login/"])
def test_a_phone_finds_an_icon_and_what_it_opens_on_pages_of_the_house(browser: Client, path: str) -> None:
    page = read(browser, path)

    (named,) = re.findall(r'<link rel="manifest" href="([^"]+)"', page)
    (touched,) = re.findall(r'<link rel="apple-touch-icon" href="([^"]+)"', page)
    manifest = json.loads(_file(browser, named, "application/manifest+json"))
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/home", "/", "standalone")
    for icon in manifest["icons"]:
        drawn = _file(browser, urljoin(named, icon["src"]), icon["type"])
        assert icon["sizes"] in {"any", _size(drawn)}
    assert _size(_file(browser, touched, "image/png")) == "180x180"


@pytest.mark.parametrize("name", ["onhand.css", "pulse.js", "icon.svg"])
def test_files_are_served_by_the_product_itself(browser: Client, name: str) -> None:
    answer = browser.get(f"/static/onhand/{name}")

    assert answer.status_code == 200
    assert b"".join(answer)
    answer.close()


def test_the_page_is_read_not_written(browser: Client) -> None:
    assert browser.post("/").status_code == 405


def test_what_changes_every_other_second_is_not_kept_by_caches(shop: Shop, browser: Client) -> None:
    assert "no-store" in browser.get("/pulse").headers["Cache-Control"]


def test_how_tos_are_listed_and_can_be_read(browser: Client) -> None:
    assert 'href="/how-to/replay-real-sales"' in read(browser, "/how-to/")
    assert "<h1>Replay a real shop's sales</h1>" in read(browser, "/how-to/replay-real-sales")


def test_every_how_to_begins_with_its_title() -> None:
    folder = Path(how_to.__file__).parents[4] / "docs" / "how-to"

    assert sorted(how_to.pages()) == sorted(file.stem for file in folder.glob("*.md"))
    assert all(page.title and "<h1>" in page.text for page in how_to.pages().values())


def test_a_page_nobody_wrote_is_not_found_in_words(browser: Client) -> None:
    answer = browser.get("/how-to/fly")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_whatever_is_told_has_words() -> None:
    rooms = Path(onhand.__file__).parent
    kinds = re.compile(r'(?:tell|note|fact)\(\s*"([a-z]+\.[a-z_]+)"|kind = "([a-z]+\.[a-z_]+)" if')
    told = {kind for file in rooms.rglob("*.py") for found in kinds.findall(file.read_text()) for kind in found if kind}
    told |= {f"order.{step}" for step in get_args(c.Step)}

    assert len(told) > 30
    assert sorted(kind for kind in told if words(kind, "x/y", {}).startswith(f"{kind}:")) == []


def test_what_an_event_does_not_know_reads_as_a_dash() -> None:
    assert words("order.returned", "order/1", {"number": "N1"}) == "Goods of order N1 came back to –"


def test_an_event_without_words_is_shown_by_its_kind() -> None:
    assert words("moon.rose", "sky/1", {}) == "moon.rose: sky/1"
