"""The pages of one SKU, one order, and the shop at large."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from doors.people import fill, read, sign_in, toast
from onhand.core.database import Connection
from onhand.doors.web import overview
from onhand.flows import commands as c
from onhand.insight.overview import Overview
from shop import Shop


@pytest.fixture
def ana(browser: Client, shop: Shop) -> Client:
    shop.stock("mug", 12)
    return sign_in(browser, shop)


def test_a_sku_shows_where_it_is_and_for_whom(ana: Client, shop: Shop) -> None:
    shop.do(shop.order(("mug", 5)))
    shop.do(shop.order(("mug", 20), channel="phone"))
    shop.do(c.Expect("london", "PO1", [c.ExpectedLine("mug", Decimal(30), shop.now)]))

    page = read(ana, "/goods/mug")

    assert "Available 0" in page
    assert "London" in page
    assert "30 to come under PO1" in page
    assert "N1" in page


def test_a_sku_nobody_knows_is_not_found_in_words(ana: Client) -> None:
    assert "There is nothing here" in read(ana, "/goods/unicorn", status=404)


def test_an_order_shows_its_lines_why_that_site_and_what_happened(ana: Client, shop: Shop) -> None:
    shop.do(shop.order(("mug", 5), ship_to=c.Destination("GB")))

    page = read(ana, "/orders/of/web/N1")

    assert "Why this site and not that one" in page
    assert "london 5" in page
    assert "Order N1 was placed" in page
    assert "Confirm" in page


def test_an_order_offers_no_acts_to_who_may_not(ana: Client, shop: Shop) -> None:
    shop.do(shop.order(("mug", 5)))
    bob = sign_in(Client(), shop, role="finance", name="bob")

    assert "Cancel" not in read(bob, "/orders/of/web/N1").partition("Lines")[0]


def test_the_shop_at_large_is_there_before_its_figures(ana: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "reading", None)  # whoever asked the database now would fail

    page = ana.get("/overview").content.decode()

    assert page.count("skeleton") == len(overview.PARTS)
    assert [name for name in overview.PARTS if f'hx-get="/overview/{name}"' not in page] == []


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("now", "Orders in the last hour"),
        ("best", "Best sellers in 7 days"),
        ("sold", "in 24 hours"),
        ("days", "Pieces on hand, by day"),
        ("waiting", "Lines that wait, by age"),
        ("sites", "Available, by site"),
        ("categories", "By category"),
    ],
)
def test_every_part_of_the_shop_at_large_comes_by_itself(ana: Client, shop: Shop, part: str, words: str) -> None:
    shop.do(shop.order(("mug", 5)))

    assert words in read(ana, f"/overview/{part}")


def test_best_sellers_are_ranked_and_lead_to_their_goods(
    ana: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "_overview", Overview())
    shop.do(shop.order(("mug", 10), ("lamp", 4)))

    part = ana.get("/overview/best").content.decode()

    assert part.index('href="/goods/mug"') < part.index('href="/goods/lamp"')
    assert re.findall(r'<rect width="([^"]+)"', part) == ["100.0", "40.0"]
    assert "4 waited for" in part


def test_a_part_that_takes_too_long_says_so(ana: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(db: Connection) -> dict[str, object]:
        db.execute("SET LOCAL statement_timeout = '1ms'")
        db.execute("SELECT pg_sleep(10)")
        return {}

    monkeypatch.setitem(overview.PARTS, "sold", overview.Part("sold", slow))

    assert "It is tried again soon." in read(ana, "/overview/sold")


def test_there_is_no_other_part(ana: Client) -> None:
    assert ana.get("/overview/weather").status_code == 404


def test_a_sku_is_called_something_else_and_the_log_remembers(ana: Client, shop: Shop) -> None:
    done = fill(ana, "/goods/mug/edit", name="Big mug", active="on")

    assert toast(done)["words"] == "Big mug is saved."
    page = read(ana, "/goods/mug")
    assert "Big mug" in page
    assert "Product Big mug was saved" in page


def test_a_category_nobody_made_is_refused_at_its_field(ana: Client) -> None:
    answer = fill(ana, "/goods/mug/edit", name="Mug", category="kitchen", active="on")

    assert answer.status_code == 422
    assert "kitchen" in answer.content.decode()


def test_a_price_holds_from_now_on(ana: Client) -> None:
    fill(ana, "/goods/mug/price", amount="4.50", currency="GBP")
    done = fill(ana, "/goods/mug/price", amount="5.25", currency="GBP")

    assert toast(done)["words"] == "The price is 5.25 GBP now."
    assert "5.25 GBP" in read(ana, "/goods/mug")


@pytest.mark.parametrize("code", ["a/b", "50%", "ü x", "~1", ".", "..", "what?", "no. #1", "a&b", "it's", '"q"', "<b>"])
def test_any_code_can_be_opened_from_every_list_and_acted_upon(ana: Client, shop: Shop, code: str) -> None:
    shop.product(code)
    shop.stock(code, 3)
    shop.do(c.PlaceOrder("web", f"order {code}", [c.WantedLine(code, Decimal(1))]))

    for route, name in (("stock", code), ("products", code), ("reservations", code), ("orders", f"order {code}")):
        rows = ana.get(f"/{route}").content.decode()
        href = next(
            href for href, words in re.findall(r'<a href="([^"]+)">([^<]*)</a>', rows) if unescape(words) == name
        )
        assert unescape(name) in read(ana, unescape(href)), route
    done = fill(ana, reverse("stock.adjust", args=[code, "london"]), location="pick", by="2", reason="found")
    assert toast(done)["words"].startswith(code)
