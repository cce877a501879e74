"""The frame around the pages: signing in, what one may see, the palette, what one likes."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from psycopg_pool import PoolTimeout

from doors.people import PASSWORD, sign_in
from onhand.access.people import admit
from onhand.access.roles import ROLES
from onhand.core.refusals import Refused
from onhand.doors.web import house
from onhand.doors.web.navigation import PLACES
from shop import Shop


def test_who_has_not_signed_in_is_asked_to_and_comes_back(browser: Client, shop: Shop) -> None:
    answer = browser.get("/design")

    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/design")
    admit(shop.db, "ana", "owner", password=PASSWORD)
    shop.db.commit()
    answer = browser.post("/account/login/", {"login": "ana", "password": PASSWORD, "next": "/design"})
    assert answer["Location"] == "/design"


def test_a_fragment_sends_the_whole_page_to_the_sign_in(browser: Client) -> None:
    answer = browser.get("/palette", headers={"HX-Request": "true", "HX-Current-URL": "/stock"})

    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/account/login/?next=/stock")


def test_a_wrong_password_says_so_without_saying_whether_the_name_exists(browser: Client, shop: Shop) -> None:
    admit(shop.db, "ana", "owner", password=PASSWORD)
    shop.db.commit()

    words = [
        browser.post("/account/login/", {"login": name, "password": "nonsense"}).content.decode().count("not correct")
        for name in ("ana", "nobody")
    ]

    assert words == [1, 1]


def test_nobody_makes_an_account_for_themselves(browser: Client) -> None:
    assert "closed" in browser.get("/account/signup/").content.decode().lower()


def test_a_second_factor_is_asked_for_once_it_is_there(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    browser.post(browser.get("/account/2fa/totp/activate/")["Location"], {"password": PASSWORD})
    page = browser.get("/account/2fa/totp/activate/").content.decode()
    (secret,) = re.findall(r'value="([A-Z2-7]{16,})"', page)
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    assert browser.post("/account/2fa/totp/activate/", {"code": code}).status_code == 302

    other = Client()
    answer = other.post("/account/login/", {"login": "ana", "password": PASSWORD})

    assert answer["Location"].startswith("/account/2fa/authenticate/")
    assert other.get("/design").status_code == 302


def test_a_page_is_for_those_whose_role_may_see_it(browser: Client, shop: Shop) -> None:
    answer = sign_in(browser, shop, role="store_associate").get("/design")

    assert answer.status_code == 403
    assert "not for your role" in answer.content.decode()


def test_an_account_has_a_role_that_there_is_and_a_name_of_its_own(shop: Shop) -> None:
    admit(shop.db, "ana", "owner")

    answers = [
        admit(shop.db, "ana", "owner"),
        admit(shop.db, "bob", "wizard"),
        admit(shop.db, "a b/<x>", "owner"),
        admit(shop.db, "bob", "owner", password="1"),
    ]

    codes = [each.code for each in answers if isinstance(each, Refused)]
    assert codes == ["name_taken", "unknown_role", "bad_name", "bad_password"]


def test_the_theme_and_the_language_one_likes_come_along_to_another_browser(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    browser.post("/prefer", {"theme": "dark", "next": "/design"})
    browser.post("/prefer", {"language": "es"})

    other = sign_in(Client(), shop).get("/design").content.decode()

    assert 'data-theme-wish="dark"' in other
    assert '<html lang="es"' in other


def test_what_one_likes_leads_nowhere_else(browser: Client) -> None:
    answer = browser.post("/prefer", {"theme": "dark", "next": "https://evil.example/"})

    assert answer["Location"] == "/"


def test_every_page_says_who_may_open_it() -> None:
    unguarded = [name for name, view in _views(get_resolver()) if not hasattr(view, "takes")]

    assert unguarded == []


def _views(resolver: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for each in resolver.url_patterns:
        path = f"{before}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from _views(each, path)
        elif isinstance(each, URLPattern):
            yield path, each.callback


def test_every_right_a_role_has_is_one_that_the_owner_has() -> None:
    assert all(rights <= ROLES["owner"] for rights in ROLES.values())


def test_the_first_look_weighs_less_than_150_kilobytes(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    page = browser.get("/stock", headers={"Accept-Encoding": "gzip"})
    html = gzip.decompress(page.content).decode()
    parts = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))

    weight = len(page.content) + sum(
        len(b"".join(browser.get(part, headers={"Accept-Encoding": "gzip"}))) for part in parts
    )

    assert {part.rpartition(".")[2] for part in parts} == {"css", "js", "svg", "png", "webmanifest"}
    assert weight < 150 * 1024, weight


def test_a_page_the_database_does_not_answer_for_says_so_and_asks_to_come_again(
    browser: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(browser, shop)

    def silent(*_: object) -> None:
        raise PoolTimeout("nobody answers")

    monkeypatch.setattr(house.opened[0].readers, "borrow", silent)
    answer = browser.get("/stock")

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "The database does not answer" in answer.content.decode()


def test_no_two_pages_are_reached_by_the_same_keys() -> None:
    keys = [place.keys for place in PLACES]

    assert len(keys) == len(set(keys))
