"""The first page: what needs doing, its act beside it."""

from __future__ import annotations

import re
from decimal import Decimal

from django.test import Client

from doors.people import fill, read, sign_in
from onhand.flows import commands as c
from shop import Shop


def test_an_order_is_confirmed_from_the_first_page_and_is_gone_from_it(browser: Client, shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.do(shop.order(("mug", 2)))
    sign_in(browser, shop, "store_manager")
    before = read(browser, "/home")

    done = fill(browser, "/orders/web/N1/step/confirm")

    assert "Confirm order N1" in before
    assert done.status_code == 200
    assert "Pick order N1" in read(browser, "/home")


def test_goods_that_run_low_are_brought_by_a_form_that_knows_from_where_and_how_many(
    browser: Client, shop: Shop
) -> None:
    shop.stock("mug", 4, "lisbon")
    shop.stock("mug", 50, "london")
    shop.do(c.SetThreshold("lisbon", "mug", Decimal(10)))
    sign_in(browser, shop, "warehouse_manager")

    (address,) = re.findall(r'hx-get="(/stock/mug/at/london/transfer[^"]*)"', browser.get("/home").content.decode())
    form = browser.get(address.replace("&amp;", "&")).content.decode()

    assert 'value="lisbon"' in form
    assert 'value="6"' in form


def test_only_one_kind_is_looked_at_when_asked_for(browser: Client, shop: Shop) -> None:
    shop.stock("mug", 5)
    shop.do(shop.order(("mug", 2)))
    shop.do(shop.order(("lamp", 1)))
    sign_in(browser, shop)

    page = read(browser, "/home?kinds=answer")

    assert "lamp for order" in page.lower()
    assert "Confirm order" not in page
    assert "To confirm 1" in page


def test_who_has_nothing_to_do_is_told_so(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop, "store_manager")

    assert "Nothing waits for you" in read(browser, "/home")


def test_who_does_no_such_things_is_sent_to_the_first_page_of_theirs(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop, "finance")

    assert browser.get("/home")["Location"] == "/overview"


def test_a_kind_nobody_knows_shows_nothing_and_breaks_nothing(browser: Client, shop: Shop) -> None:
    shop.do(shop.order(("lamp", 1)))
    sign_in(browser, shop)

    assert "have no day" not in read(browser, "/home?kinds=%3Cscript%3E")
