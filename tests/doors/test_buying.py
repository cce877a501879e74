"""R1, B4, P9: a customer orders without an account; twice is once; who comes too late is told what is left."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from doors.customers import letters
from doors.window import FORM, announced, form_of, order, priced, put, text
from onhand.access.signin.guessing import Allowed
from onhand.core.clock import utc_now
from onhand.customers import queries as customers
from onhand.doors.web.shop import basket as baskets
from onhand.doors.web.shop import bounds
from onhand.flows import commands as c
from onhand.messages.queries import letters_about
from onhand.orders import listings
from onhand.orders.actions import ChannelRecord, save_channels
from onhand.orders.queries import OrderView
from shop import Shop


@pytest.fixture
def mug(shop: Shop) -> Shop:
    priced(shop, "mug")
    shop.stock("mug", 5)
    return shop


def orders(shop: Shop) -> list[OrderView]:
    shop.db.rollback()
    return list(listings.orders(shop.db, {"channel": "web"}, after=None, most=100).items)


def test_what_is_put_into_the_basket_is_ordered(mug: Shop, browser: Client) -> None:
    page = put(browser, "mug", 2)
    assert "£25.00" in text(page.content)

    answer = order(browser, page)

    (made,) = orders(mug)
    assert [(line.sku, line.ordered, line.reserved, line.unit_price) for line in made.lines] == [
        ("mug", 2, 2, Decimal("12.5"))
    ]
    assert made.country == "GB"
    thanks = browser.get(answer.headers["Location"])
    assert f"It has the number {made.number} ." in text(thanks.content)
    assert "There is nothing in your basket yet." in text(browser.get("/shop/basket").content)


def test_the_customer_is_known_from_then_on_and_what_is_known_is_sealed(mug: Shop, browser: Client) -> None:
    order(browser, put(browser, "mug"))

    (made,) = orders(mug)
    (known,) = customers.customers(mug.db, code=made.customer).items
    assert (known.name, known.email, known.country) == ("Ana Souza", "ana@example.com", "GB")
    kept = mug.db.execute("SELECT name || email FROM customers_customer").fetchone()
    assert kept is not None
    assert "ana" not in kept[0].casefold()


def test_who_orders_again_is_the_same_customer_and_a_namesake_at_another_address_is_not(
    mug: Shop, browser: Client
) -> None:
    for facts in ({}, {"name": "ANA SOUZA"}, {"email": "other@example.com"}, {"name": "Somebody else"}):
        order(browser, put(browser, "mug"), **facts)

    made = [each.customer for each in reversed(orders(mug))]
    assert made[0] == made[1]
    assert len(set(made)) == 3


def test_sent_twice_it_is_one_order(mug: Shop, browser: Client) -> None:
    form = form_of(put(browser, "mug", 2))

    answers = [browser.post("/shop/basket/place", form) for _ in range(2)]

    assert len(orders(mug)) == 1
    assert len({each.headers["Location"].partition(":")[0] for each in answers}) == 1


def test_a_double_click_is_one_order(mug: Shop, browser: Client) -> None:
    form = form_of(put(browser, "mug", 2))

    def click(_: int) -> Any:
        try:
            return browser.post("/shop/basket/place", form).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as hands:
        assert set(hands.map(click, range(4))) == {302}

    assert len(orders(mug)) == 1
    assert mug.available("mug") == 3


def test_who_comes_too_late_is_told_what_is_left(mug: Shop, browser: Client) -> None:
    save_channels(mug.db, [ChannelRecord("web", "Web shop", "web", "GBP", backorders=False)])
    mug.db.commit()
    page = put(browser, "mug", 4)
    mug.do(mug.order(("mug", 3), channel="phone"))

    answer = order(browser, page)

    assert answer.status_code == 422
    assert "Of Mug only 2 can be had now. Order that many, or take it out." in text(answer.content)
    assert orders(mug) == []
    assert 'value="ana@example.com"' in answer.content.decode(), "nothing has to be typed again"


def test_what_is_announced_for_another_day_afterwards_is_on_the_orders_page(mug: Shop, browser: Client) -> None:
    announced(mug, "mug", 9, days=6)
    thanks = order(browser, put(browser, "mug", 7)).headers["Location"]

    due = utc_now() + timedelta(days=20)
    mug.do(c.AmendSupply("london", "P6", [c.SupplyChange("mug", due=due)]))

    assert f"2 on {due.day} {due:%b %Y}" in text(browser.get(thanks).content)


def test_what_comes_later_is_told_before_it_is_ordered(mug: Shop, browser: Client) -> None:
    day = announced(mug, "mug", 9, days=6)

    page = put(browser, "mug", 7)

    assert f"5 now, 2 on {day.day} " in text(page.content)
    answer = order(browser, page)
    (made,) = orders(mug)
    assert [(line.reserved, line.backordered) for line in made.lines] == [(5, 2)]
    assert f"2 on {day.day} " in text(browser.get(answer.headers["Location"]).content)


def test_what_nobody_knows_a_day_for_is_not_sold(mug: Shop, browser: Client) -> None:
    answer = order(browser, put(browser, "mug", 7))

    assert answer.status_code == 422
    assert orders(mug) == []


def test_it_is_fetched_where_all_of_it_is(mug: Shop, browser: Client) -> None:
    mug.stock("mug", 2, "lisbon")
    page = put(browser, "mug", 2)
    assert "Fetched at Lisboa (PT), all there now" in text(page.content)

    answer = order(browser, page, way="at:lisbon", postcode="", street="", town="")

    assert mug.available("mug", "lisbon") == 0
    assert mug.available("mug", "london") == 5
    assert "You fetch it at Lisboa (PT)." in text(browser.get(answer.headers["Location"]).content)


def test_a_store_that_has_sold_it_meanwhile_is_no_way(mug: Shop, browser: Client) -> None:
    mug.stock("mug", 2, "lisbon")
    page = put(browser, "mug", 2)
    mug.do(c.FetchOrder("web", "N9", [c.WantedLine("mug", Decimal(1))], collect_at="lisbon"))

    answer = order(browser, page, way="at:lisbon")

    assert "Not all of it is in that store any more." in text(answer.content)
    assert [each.number for each in orders(mug)] == ["N9"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "ana"}, "Write an e-mail address, such as ana@example.com."),
        ({"email": "ana@exa mple.com"}, "Write an e-mail address, such as ana@example.com."),
        ({"name": " "}, "Write your name."),
        ({"country": "XX"}, "Choose a country."),
        ({"street": ""}, "Write the street and the house the goods shall go to."),
        ({"town": " "}, "Write the town the goods shall go to."),
        ({"postcode": ""}, "Write the postcode the goods shall go to."),
        ({"pay": "shells"}, "Choose how you pay."),
        ({"way": "at:nowhere"}, "Not all of it is in that store any more."),
    ],
)
def test_what_is_wrong_with_the_form_is_said(mug: Shop, browser: Client, wrong: dict[str, str], said: str) -> None:
    answer = order(browser, put(browser, "mug"), **wrong)

    assert answer.status_code == 422
    assert said in text(answer.content)
    assert orders(mug) == []


def test_a_price_that_has_changed_is_shown_before_anything_is_ordered(mug: Shop, browser: Client) -> None:
    page = put(browser, "mug")
    priced(mug, "mug", "99", days=1)

    answer = order(browser, page)

    assert answer.status_code == 422
    assert "Prices or goods have changed since you looked." in text(answer.content)
    assert "£99.00" in text(answer.content)
    assert order(browser, answer).status_code == 302


def test_nobody_makes_a_basket_or_a_form_but_we(mug: Shop, browser: Client) -> None:
    put(browser, "mug")
    assert browser.post("/shop/basket/place", {**FORM, "pay": "invoice", "key": "forged"}).status_code == 302
    browser.cookies["onhand_basket"] = "forged:forged:forged"

    assert "There is nothing in your basket yet." in text(browser.get("/shop/basket").content)
    assert orders(mug) == []


def test_nobody_guesses_the_page_of_an_order(mug: Shop, browser: Client) -> None:
    place = order(browser, put(browser, "mug")).headers["Location"].partition("?")[0]

    assert browser.get(place).status_code == 200
    assert browser.get(place[:-1]).status_code == 404
    assert browser.get("/shop/order/N1").status_code == 404


def test_an_order_is_followed_from_placed_to_delivered(mug: Shop, browser: Client) -> None:
    place = order(browser, put(browser, "mug")).headers["Location"].partition("?")[0]
    (made,) = orders(mug)

    def done() -> list[str]:
        return re.findall(r'class="done">([^<]+)<', browser.get(place).content.decode())

    assert done() == ["Ordered"]
    for step in ("confirm", "pick", "pack"):
        mug.do(c.AdvanceOrder("web", made.number, step))
    assert done() == ["Ordered", "Confirmed by the shop", "Put together"]
    for step in ("ship", "deliver"):
        mug.do(c.AdvanceOrder("web", made.number, step))  # type: ignore[arg-type]
    assert done() == ["Ordered", "Confirmed by the shop", "Put together", "Sent", "Delivered"]


def test_no_source_orders_without_end(mug: Shop, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bounds.ALLOWED, "shop_order", Allowed(1, bounds.ALLOWED["shop_order"].window))
    order(browser, put(browser, "mug"))

    answer = order(browser, put(browser, "mug"))

    assert answer.status_code == 422
    assert "So many orders came from your connection" in text(answer.content)
    assert len(orders(mug)) == 1


@pytest.mark.parametrize("quantity", ["", "two", "-1", "1.5", "1e99", "NaN"])
def test_what_is_no_quantity_is_refused(mug: Shop, browser: Client, quantity: str) -> None:
    assert put(browser, "mug", quantity).status_code == 422


def test_nobody_takes_all_there_is_off_the_shelves_at_once(mug: Shop, browser: Client) -> None:
    mug.stock("mug", 500)

    too_many = browser.post("/shop/basket/put", {"sku": "mug", "quantity": "101"})
    put(browser, "mug", 60)
    added_up = browser.post("/shop/basket/put", {"sku": "mug", "quantity": "41", "more": "1"})

    assert (too_many.status_code, added_up.status_code) == (422, 422)
    assert "Up to 100 of one thing" in text(too_many.content)
    assert order(browser, put(browser, "mug", 40)).status_code == 302
    assert [line.ordered for line in orders(mug)[0].lines] == [100]


def test_goods_are_changed_and_taken_out(mug: Shop, browser: Client) -> None:
    put(browser, "mug", 2)
    assert 'value="3"' in put(browser, "mug", 1).content.decode()

    browser.post("/shop/basket/put", {"sku": "mug", "quantity": "4"})
    assert 'value="4"' in browser.get("/shop/basket").content.decode()

    browser.post("/shop/basket/put", {"sku": "mug", "quantity": "0"})
    assert "There is nothing in your basket yet." in text(browser.get("/shop/basket").content)


def test_a_form_from_another_page_orders_nothing(mug: Shop) -> None:
    stranger = Client(enforce_csrf_checks=True)

    assert stranger.post("/shop/basket/put", {"sku": "mug", "quantity": "1"}).status_code == 403


def test_what_was_ordered_is_confirmed_by_one_letter_in_the_customers_language(mug: Shop, browser: Client) -> None:
    form = form_of(put(browser, "mug", 2))
    for _ in range(2):
        browser.post("/shop/es/basket/place", form)

    (made,) = orders(mug)
    (letter,) = letters_about(mug.db, f"order/web/{made.number}").items
    assert (letter.template, letter.language, letter.to_name) == ("order.placed", "es", made.customer)


def test_what_does_not_go_into_a_full_basket_is_refused_with_the_most_and_a_way_out(
    mug: Shop, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    priced(mug, "lamp")
    monkeypatch.setattr(baskets, "MOST_LINES", 1)
    put(browser, "mug")

    refused, more = put(browser, "lamp"), put(browser, "mug", 2)

    assert refused.status_code == 422
    assert "Up to 1 different things go into one order." in text(refused.content)
    assert "take one out to put this in" in text(refused.content)
    assert more.status_code == 200
    assert "£37.50" in text(more.content), "of what is in it there may be more"
    browser.post("/shop/basket/put", {"sku": "mug", "quantity": "0"})
    assert "£12.50" in text(put(browser, "lamp").content)


def wished(browser: Client, **facts: str) -> Any:
    return browser.post("/shop/goods/lamp/tell-me", {"email": "ana@example.com", "agree": "1", **facts}, follow=True)


def links(shop: Shop, template: str = "stock.wished") -> list[str]:
    """Where the letters lead that say that somebody asked."""
    return [place for each in letters(shop.db, template) for place in re.findall(r"https?://[^/]+(/\S+)", each)]


def test_who_leaves_an_address_is_told_when_it_is_back_and_may_take_it_back_by_their_letter(
    mug: Shop, browser: Client
) -> None:
    page = wished(browser)
    assert "We will write to you once when it is back" in text(page.content)
    (link,) = links(mug)

    page = Client().get(link)

    place = re.search(r'action="(/shop/wish/[^"]+)"', page.content.decode())
    assert place
    assert "We know no address of yours any more" in text(browser.post(place.group(1), follow=True).content)
    assert links(mug) == [], "what the letter said and where it went is forgotten with the address"
    assert mug.db.execute("SELECT address, state FROM messages_letter").fetchall() == [("", "given_up")]


def test_what_takes_a_wish_back_is_never_given_to_who_types_an_address(mug: Shop, browser: Client) -> None:
    wished(browser)
    (link,) = links(mug)
    stranger = Client(REMOTE_ADDR="198.51.100.7")

    answer = stranger.post("/shop/goods/lamp/tell-me", {"email": "ANA@example.com", "agree": "1"})
    page = stranger.get(answer.headers["Location"])

    token = link.partition("wished=")[2]
    assert token
    seen = answer.headers["Location"] + page.content.decode() + str(stranger.cookies)
    assert token.partition(":")[0] + ":" not in seen
    assert "/shop/wish/" not in seen
    assert links(mug) == [link], "asked for again it is the same wish, and no second letter"


def test_a_mailbox_is_not_filled_by_others(mug: Shop, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bounds.ALLOWED, "shop_wish_letter", Allowed(1, bounds.ALLOWED["shop_wish_letter"].window))
    wished(Client(REMOTE_ADDR="198.51.100.7"))

    answers = [wished(browser), wished(browser, email="ben@example.com")]

    assert [each.status_code for each in answers] == [429, 200]


@pytest.mark.parametrize("wrong", [{"email": "ana"}, {"agree": ""}])
def test_no_address_is_kept_that_is_none_or_without_a_yes(mug: Shop, browser: Client, wrong: dict[str, str]) -> None:
    assert wished(browser, **wrong).status_code == 422
    assert mug.db.execute("SELECT count(*) FROM customers_wish").fetchone() == (0,)
