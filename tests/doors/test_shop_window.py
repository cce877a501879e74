"""R1, B4: a customer sees what is there, where, and when more comes, before ordering."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from doors.window import announced, instead, priced, text
from onhand.catalog.actions import save_categories, save_products
from onhand.catalog.records import CategoryRecord, ProductRecord, SkuRecord
from onhand.core.clock import utc_now
from onhand.doors.web.shop import goods
from onhand.flows import commands as c
from onhand.orders.actions import ChannelRecord, save_channels
from onhand.places.actions import save_sites
from onhand.places.records import SiteRecord
from serving import eventually
from shop import Shop


@pytest.fixture
def mug(shop: Shop) -> Shop:
    priced(shop, "mug")
    return shop


def words(browser: Client, sku: str = "mug", where: str = "send", path: str = "/shop/goods/") -> str:
    page = browser.get(f"{path}{sku}")
    assert page.status_code == 200
    found = re.search(rf'data-sku="{sku}" data-where="{where}"[^>]*>([^<]*)<', page.content.decode())
    assert found, f"nothing is said of {sku} at {where}"
    return found.group(1)


def test_well_filled_shelves_are_in_stock_and_nobody_is_told_how_many(mug: Shop, browser: Client) -> None:
    mug.stock("mug", 4321)

    assert words(browser) == "In stock"
    assert b"4321" not in browser.get("/shop/goods/mug").content


def test_the_last_few_are_counted_over_all_sites(mug: Shop, browser: Client) -> None:
    mug.stock("mug", 2)
    mug.stock("mug", 1, "lisbon")

    assert words(browser) == "Only 3 left"
    assert words(browser, where="lisbon") == "Only 1 left"


def test_what_others_have_reserved_is_not_offered(mug: Shop, browser: Client) -> None:
    mug.stock("mug", 4)
    mug.do(mug.order(("mug", 3)))

    assert words(browser) == "Only 1 left"


def test_what_comes_is_back_on_its_day(mug: Shop, browser: Client) -> None:
    day = announced(mug, "mug", 5, days=9)

    assert words(browser).startswith(f"Back on {day.day} ")


def test_what_comes_for_others_is_not_offered(mug: Shop, browser: Client) -> None:
    announced(mug, "mug", 5, days=9)
    mug.do(mug.order(("mug", 5)))

    assert words(browser) == "Out of stock"


def test_who_waits_without_a_promise_is_served_first(mug: Shop, browser: Client) -> None:
    mug.do(mug.order(("mug", 5)))
    announced(mug, "mug", 5, days=9)

    assert words(browser) == "Out of stock"


def test_sites_the_policy_does_not_name_offer_nothing(mug: Shop, browser: Client) -> None:
    from onhand.flows.policies import PolicyRecord, set_policies

    mug.stock("mug", 9)
    mug.stock("mug", 2, "lisbon")
    set_policies(mug.db, [PolicyRecord("web", ["ranked"], ["lisbon"])], actor="tester", now=mug.now)
    mug.db.commit()

    assert words(browser) == "Only 2 left"


def test_what_is_not_there_is_answered_with_what_is(mug: Shop, browser: Client) -> None:
    priced(mug, "lamp")
    mug.stock("lamp", 9)
    instead(mug, "mug", "lamp")

    page = text(browser.get("/shop/goods/mug").content)

    assert "In stock instead" in page
    assert "Lamp" in page.split("In stock instead")[1]


def test_an_alternative_that_is_not_there_either_is_none(mug: Shop, browser: Client) -> None:
    instead(mug, "mug", "lamp")

    assert "In stock instead" not in text(browser.get("/shop/goods/mug").content)


def test_stores_stand_by_distance_from_a_town_we_know(mug: Shop, browser: Client) -> None:
    save_sites(mug.db, [SiteRecord("porto", "Porto", "store", "PT", "Europe/Lisbon", "EUR", "EU", 41.1, -8.6)])
    mug.db.commit()

    def stores(query: str) -> list[str]:
        page = browser.get(f"/shop/goods/mug{query}").content.decode()
        return re.findall(r'<span class="where">(\w+)', page)

    assert stores("") == ["Lisboa", "Porto"]
    assert stores("?near=porto") == ["Porto", "Lisboa"]
    assert stores("") == ["Porto", "Lisboa"], "where one is, is remembered"
    assert stores("?near=38.7,-9.1") == ["Lisboa", "Porto"]
    assert "no store named after “Oslo”" in text(browser.get("/shop/goods/mug?near=Oslo").content)


def test_goods_that_are_not_sold_have_no_page(mug: Shop, browser: Client) -> None:
    save_products(mug.db, [ProductRecord("mug", "Mug", active=False)])
    mug.db.commit()

    assert browser.get("/shop/goods/mug").status_code == 404
    assert browser.get("/shop/goods/never").status_code == 404


def test_the_window_is_shut_when_it_is_not_plain_who_sells(mug: Shop, browser: Client) -> None:
    save_channels(mug.db, [ChannelRecord("second", "Second shop", "web", "GBP")])
    mug.db.commit()

    page = browser.get("/shop")

    assert page.status_code == 404
    assert "This shop is not open" in text(page.content)


def test_a_setting_says_which_channel_sells(mug: Shop, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    save_channels(mug.db, [ChannelRecord("second", "Second shop", "web", "GBP")])
    mug.db.commit()
    monkeypatch.setenv("ONHAND_SHOP_CHANNEL", "second")

    assert "Second shop" in text(browser.get("/shop").content)


def test_goods_are_found_by_words_category_and_what_is_there(mug: Shop, browser: Client) -> None:
    save_categories(mug.db, [CategoryRecord("kitchen", "Kitchen")])
    record = ProductRecord("pan", "Small blue pan", category="kitchen", skus=[SkuRecord("pan-1")])
    save_products(mug.db, [record])
    mug.db.commit()
    mug.stock("lamp", 1)

    def found(query: str) -> list[str]:
        return re.findall(r'class="what">([^<]+)<', browser.get(f"/shop?{query}").content.decode())

    assert found("") == ["Lamp", "Mug", "Small blue pan"]
    assert found("q=blue+pa") == ["Small blue pan"]
    assert found("q=PAN-1") == ["Small blue pan"]
    assert found("q=%25") == []
    assert found("category=kitchen") == ["Small blue pan"]
    assert found("there=1") == ["Lamp"]
    assert found("there=1&q=mug") == []


def test_a_long_list_is_read_page_by_page(shop: Shop, browser: Client) -> None:
    for number in range(30):
        shop.product(f"thing-{number:02}")

    first = browser.get("/shop?q=thing").content.decode()
    following = re.search(r'href="(/shop\?[^"]*after=[^"]*)"', first)
    assert following
    second = browser.get(following.group(1).replace("&amp;", "&")).content.decode()

    assert [html.count('class="card"') for html in (first, second)] == [24, 6]


def test_every_language_has_an_address_of_its_own(mug: Shop, browser: Client) -> None:
    mug.stock("mug", 1)

    assert words(browser, path="/shop/es/goods/") == "Solo queda 1"
    assert words(browser, path="/shop/pt-br/goods/") == "Resta apenas 1"
    page = browser.get("/shop/es/goods/mug")
    assert page.headers["Content-Language"] == "es"
    html = page.content.decode()
    assert '<html lang="es"' in html
    assert re.findall(r'rel="canonical" href="http://[^/]+(/[^"]+)"', html) == ["/shop/es/goods/mug"]
    assert re.findall(r'hreflang="(\S+)" href="http://[^/]+(/[^"]+)"', html) == [
        ("en", "/shop/en/goods/mug"),
        ("es", "/shop/es/goods/mug"),
        ("pt-br", "/shop/pt-br/goods/mug"),
        ("x-default", "/shop/goods/mug"),
    ]
    assert 'href="/shop/es/basket"' in html, "who reads Spanish goes on in Spanish"


def test_search_engines_read_the_product_its_price_and_whether_it_is_there(mug: Shop, browser: Client) -> None:
    mug.stock("mug", 2)

    html = browser.get("/shop/en/goods/mug").content.decode()
    product, trail = (json.loads(block) for block in re.findall(r'ld\+json">(.*?)</script>', html, re.DOTALL))

    assert product["@type"] == "Product"
    assert product["sku"] == "mug"
    assert Decimal(product["offers"]["price"]) == Decimal("12.50")
    assert product["offers"]["priceCurrency"] == "GBP"
    assert product["offers"]["availability"] == "https://schema.org/LimitedAvailability"
    assert trail["@type"] == "BreadcrumbList"


def test_a_name_cannot_end_the_block_that_search_engines_read(shop: Shop, browser: Client) -> None:
    save_products(shop.db, [ProductRecord("evil", "</script><script>x", skus=[SkuRecord("evil")])])
    shop.db.commit()

    html = browser.get("/shop/goods/evil").content.decode()

    assert "</script><script>x" not in html


def test_no_copy_of_a_page_outlives_the_stock(mug: Shop, browser: Client) -> None:
    assert "no-store" in browser.get("/shop/goods/mug").headers["Cache-Control"]


def test_a_cart_that_holds_goods_takes_them_from_the_window_until_its_time_is_up(mug: Shop, browser: Client) -> None:
    mug.stock("mug", 3)
    mug.now = utc_now()
    mug.do(c.HoldCart("K1", "web", [c.WantedLine("mug", Decimal(2))], minutes=5))
    assert words(browser) == "Only 1 left"

    mug.db.execute("UPDATE stock_reservation SET expires_at = %s", [utc_now() - timedelta(seconds=1)])
    mug.db.commit()

    assert words(browser) == "Only 3 left"


def test_what_is_not_published_is_not_in_the_window_until_it_is(mug: Shop, browser: Client) -> None:
    def publish(*, published: bool | None) -> None:
        save_products(mug.db, [ProductRecord("mug", "Mug", published=published)])
        mug.db.commit()

    publish(published=False)
    publish(published=None)
    assert browser.get("/shop/goods/mug").status_code == 404
    assert "Mug" not in text(browser.get("/shop").content)

    publish(published=True)
    publish(published=None)
    assert browser.get("/shop/goods/mug").status_code == 200


def test_who_look_at_the_same_goods_at_the_same_time_are_shown_one_reading(
    mug: Shop, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    mug.stock("mug", 4)
    assert words(browser) == "Only 4 left"

    monkeypatch.setattr(goods.sights, "seconds", 60)
    mug.do(mug.order(("mug", 3)))

    assert words(browser) == "Only 4 left"
    monkeypatch.setattr(goods.sights, "seconds", goods.SECONDS_SHARED)
    assert goods.SECONDS_SHARED < 1
    eventually(lambda: words(browser) == "Only 1 left", patience=goods.SECONDS_SHARED + 5)
