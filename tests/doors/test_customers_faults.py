"""What goes wrong before the window and on customers' own pages is said in their frame and their language."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from doors.customers import come_in, customer
from doors.people import sign_in
from doors.window import priced, text
from onhand.core.writer import Overloaded
from onhand.doors.web import house
from onhand.doors.web.my import orders as my_orders
from onhand.doors.web.shop import goods, sign
from onhand.doors.web.shop.busy import busy
from onhand.orders.actions import ChannelRecord, save_channels
from shop import Shop

# What each frame alone has.
SHOP, MINE, HOUSE = 'class="search"', 'class="my-top"', "onhand/onhand."
FAULTS = [
    (PermissionDenied("see.this"), 403, {"en": "This is not open to you", "es": "Esto no está abierto para usted"}),
    (RuntimeError("a bug"), 500, {"en": "Something went wrong on our side", "es": "Algo falló de nuestro lado"}),
    (Overloaded(), 503, {"en": "Very much is going on just now", "es": "Hay demasiada actividad en este momento"}),
]


@pytest.fixture
def visitor(browser: Client, shop: Shop) -> Client:
    """Somebody at their browser, to whom exceptions are told as they would be."""
    priced(shop, "mug")
    browser.raise_request_exception = False
    return browser


def failing(fault: BaseException) -> Any:
    """A question that cannot be answered."""

    def fail(*_: Any, **__: Any) -> Any:
        raise fault

    return fail


@pytest.mark.parametrize(("fault", "status", "said"), FAULTS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_windows_faults_stand_in_its_frame_and_its_addresss_language(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int, said: dict[str, str], language: str
) -> None:
    monkeypatch.setattr(goods, "shown", failing(fault))

    answer = visitor.get(f"/shop/{language}/goods/mug")

    page = answer.content.decode()
    assert answer.status_code == status
    assert (SHOP in page, HOUSE in page) == (True, False)
    assert (f'<html lang="{language}"' in page, answer["Content-Language"]) == (True, language)
    assert said[language] in text(answer.content)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/shop/nothing/like/this", "We do not have this"),
        ("/shop/es/nothing/like/this", "No tenemos este artículo"),
        ("/shop/pt-br/nothing", "Não temos este produto"),
    ],
)
def test_what_the_window_does_not_have_is_said_there(visitor: Client, path: str, said: str) -> None:
    answer = visitor.get(path)

    assert answer.status_code == 404
    assert SHOP in answer.content.decode()
    assert said in text(answer.content)


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has drawn no page yet."""
    monkeypatch.setattr(sign, "_read_last", [""])
    monkeypatch.setenv("ONHAND_SHOP_NAME", "The house")


def above(answer: Any) -> str:
    """The name above the window."""
    found = re.search(r'<a class="name" href="[^"]*">([^<]*)</a>', answer.content.decode())
    assert found
    return unescape(found.group(1))


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("path", ["/shop/nothing/like/this", "/shop/order/forged", "/shop/wish/forged"])
def test_above_what_is_not_there_stands_the_name_of_who_sells(visitor: Client, path: str) -> None:
    answer = visitor.get(path)

    assert (answer.status_code, above(answer)) == (404, "Web shop")


@pytest.mark.usefixtures("unread")
def test_where_nobody_sells_the_house_has_its_own_name(visitor: Client, shop: Shop) -> None:
    visitor.get("/shop")
    save_channels(shop.db, [ChannelRecord("web", "Web shop", "web", "GBP", active=False)])
    shop.db.commit()

    assert above(visitor.get("/shop/nothing/like/this")) == "The house"
    assert above(visitor.get("/shop")) == "The house"


@pytest.mark.usefixtures("unread")
def test_a_database_that_does_not_answer_still_leaves_a_page_and_a_name(visitor: Client) -> None:
    house.opened[0].readers.close()

    answer = visitor.get("/shop/nothing/like/this")

    assert (answer.status_code, above(answer)) == (404, "The house")


@pytest.mark.usefixtures("unread")
def test_when_nobody_can_be_asked_it_is_the_name_that_was_read_last(visitor: Client) -> None:
    visitor.get("/shop")
    house.opened[0].readers.close()

    silent, busy_page = visitor.get("/shop"), busy({"headers": [], "path": "/shop"})[0]

    assert (silent.status_code, above(silent)) == (503, "Web shop")
    assert "Web shop" in busy_page.decode()


@pytest.mark.parametrize(("path", "frame"), [("/shop/es/basket/put", SHOP), ("/my/sign-in", MINE)])
def test_an_old_form_is_said_in_its_own_frame(visitor: Client, path: str, frame: str) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"Accept-Language": "es"})

    answer = strict.post(path, {"sku": "mug"})

    assert answer.status_code == 403
    assert frame in answer.content.decode()
    assert "Este formulario" in text(answer.content)


@pytest.mark.parametrize(("fault", "status", "said"), FAULTS[:2])
def test_faults_of_customers_own_pages_stand_in_their_frame(
    visitor: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int, said: dict[str, str]
) -> None:
    customer(shop)
    come_in(visitor, shop)
    visitor.post("/my/account/language", {"language": "es"})
    monkeypatch.setattr(my_orders, "own_orders", failing(fault))

    answer = visitor.get("/my")

    page = answer.content.decode()
    assert answer.status_code == status
    assert MINE in page
    assert '<html lang="es"' in page
    assert said["es"] in text(answer.content)
    assert "administra" not in text(answer.content)


@pytest.mark.parametrize("path", ["/robots.txt", "/shop/sitemap.xml", "/shop/embed.js", "/shop/picture/never.svg"])
def test_what_goes_wrong_with_what_programs_read_is_said_as_well(visitor: Client, path: str) -> None:
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    assert visitor.get("/shop/picture/never.svg").status_code == 404


def test_nothing_at_an_address_of_customers_own_is_said_in_their_frame(visitor: Client) -> None:
    answer = visitor.get("/my/nothing/like/this")

    assert (answer.status_code, MINE in answer.content.decode()) == (404, True)
    assert "Search finds" not in text(answer.content)


def test_who_works_here_is_told_in_the_houses_frame(visitor: Client, shop: Shop) -> None:
    sign_in(visitor, shop, role="driver")

    answer = visitor.get("/desk")

    page = answer.content.decode()
    assert (answer.status_code, HOUSE in page, SHOP in page, MINE in page) == (403, True, False, False)
    assert "This is not for your role" in text(answer.content)
