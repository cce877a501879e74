"""P9: search engines find the goods, and pages of others show what is there."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from doors.window import announced, priced
from onhand.insight.window import finding
from shop import Shop


def test_robots_are_shown_the_window_and_nothing_else(shop: Shop, browser: Client) -> None:
    said = browser.get("/robots.txt").content.decode()

    assert "Allow: /shop\n" in said
    assert "Disallow: /\n" in said
    assert re.search(r"^Sitemap: http\S+/sitemap.xml$", said, re.MULTILINE)


def test_every_page_is_on_one_of_the_maps_in_every_language(
    shop: Shop, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in ("a/b", "c&d", "ü"):
        shop.product(code)
    monkeypatch.setattr(finding.every_sku, "__kwdefaults__", {"most": 2})
    monkeypatch.setattr(finding.first_skus, "__kwdefaults__", {"most": 2})

    maps = re.findall(r"<loc>http://[^/]+(/[^<]+)</loc>", browser.get("/sitemap.xml").content.decode())
    pages = [
        place
        for each in maps
        for place in re.findall(r"<loc>http://[^/]+(/[^<]+)</loc>", browser.get(each).content.decode())
    ]

    assert len(maps) == 3
    assert len(pages) == len(set(pages)) == 3 * 6
    assert all(browser.get(page.replace("&amp;", "&")).status_code == 200 for page in pages)


def test_programs_are_told_in_words_by_sku_and_place(shop: Shop, browser: Client) -> None:
    priced(shop, "mug")
    shop.stock("mug", 2, "lisbon")
    day = announced(shop, "lamp", 3, days=8)

    answer = browser.get("/shop/es/availability.json?sku=mug&sku=lamp&sku=never&near=lisboa")

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    mug, lamp, never = answer.json()["items"]
    assert mug["sent"] == {"state": "few", "left": "2", "on": None, "words": "Solo quedan 2"}
    assert mug["stores"] == [
        {
            "store": "lisbon",
            "name": "Lisboa",
            "country": "PT",
            "km": 0,
            "state": "few",
            "left": "2",
            "on": None,
            "words": "Solo quedan 2",
        }
    ]
    assert (lamp["sent"]["state"], lamp["sent"]["on"]) == ("back", day.isoformat())
    assert never["sent"]["state"] == "gone"


def test_a_question_without_skus_is_refused_with_what_is_missing(shop: Shop, browser: Client) -> None:
    for query in ("", "?" + "&".join(f"sku={number}" for number in range(51))):
        answer = browser.get(f"/shop/availability.json{query}")
        assert answer.status_code == 400
        assert answer.json()["field"] == "sku"


def test_the_script_for_pages_of_others_is_small_and_for_everybody(shop: Shop, browser: Client) -> None:
    answer = browser.get("/shop/embed.js")

    assert len(answer.content) < 5_000
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Solo queda {}" in answer.content.decode()


def test_goods_that_should_have_come_are_promised_for_no_day(shop: Shop, browser: Client) -> None:
    announced(shop, "lamp", 3, days=-1)

    assert browser.get("/shop/availability.json?sku=lamp").json()["items"][0]["sent"]["state"] == "gone"
