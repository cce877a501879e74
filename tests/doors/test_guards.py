"""Small guards of both doors: what answers say of themselves, what is not served, what opens nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from litestar.testing import TestClient

from doors.people import PASSWORD, fill, sign_in, text
from doors.test_probes import door, furnish, walked
from onhand.access.people import admit
from onhand.core.database import Connection
from onhand.doors.api.document import document
from onhand.doors.web.words import words
from shop import Shop

Machine = TestClient[Any]
assert door  # a fixture

FILES = (
    "/static/onhand/onhand.css",
    "/static/onhand/shell.js",
    "/static/onhand/icon.svg",
    "/how-to/sign-in",
    "/nowhere",
)
HIDDEN = (
    "/.git/config",
    "/.env",
    "/pyproject.toml",
    "/static/",
    "/static/onhand/",
    "/static/../settings.py",
    "/admin/",
    "/static/%2e%2e/settings.py",
    "/static/onhand/../../settings.py",
    "/debug",
    "/__debug__/",
    "/design.py",
)


def test_whatever_is_text_says_in_which_letters(browser: Client, client: Machine, shop: Shop) -> None:
    answers = [browser.get(path) for path in (*FILES, "/account/login/", "/favicon.ico")]
    sign_in(browser, shop)
    answers += [browser.get(path) for path in ("/stock", "/stock/file.csv", "/privacy/record.csv")]
    said = [taken(each).headers["Content-Type"] for each in answers]
    for path in document()["paths"]:
        answer = client.get(path.replace("{", "").replace("}", ""))
        said.append(answer.headers["content-type"])

    wrong = [
        each
        for each in said
        if each.startswith(("text/", "application/xml")) and "charset=utf-8" not in each.replace('"', "")
    ]
    assert wrong == []
    assert len(said) > 60


def taken(answer: Any) -> Any:
    """An answer read to its end: a file that is not holds its rows."""
    if answer.streaming:
        b"".join(answer.streaming_content)
        answer.close()
    return answer


@pytest.mark.parametrize("path", HIDDEN)
def test_neither_sources_nor_listings_are_served(browser: Client, path: str) -> None:
    answer = browser.get(path)

    assert answer.status_code == 404
    assert b"SECRET_KEY" not in answer.content
    assert b"Index of" not in answer.content


def test_no_door_echoes_a_request_that_traces(browser: Client, client: Machine, shop: Shop) -> None:
    sign_in(browser, shop)
    for path in ("/home", "/stock", "/account/", "/how-to/", "/imports"):
        answer = browser.trace(path, headers={"X-Probe": "echoed"})
        assert b"echoed" not in answer.content, path
        assert answer.status_code == 405, path
    for path in ("/api/v1/orders", "/api/v1/products", "/api/docs"):
        assert client.request("TRACE", path).status_code == 405, path


def test_no_answer_tells_of_what_it_is_made(browser: Client, client: Machine) -> None:
    for headers in (browser.get("/").headers, browser.get("/nowhere").headers, client.get("/api/v1/products").headers):
        assert not {"server", "x-powered-by", "x-aspnet-version"} & {name.lower() for name in headers}


def test_of_another_origin_no_browser_may_read_or_ask(client: Machine) -> None:
    there = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for answer in (client.get("/api/v1/products", headers=there), client.options("/api/v1/orders", headers=there)):
        assert not [name for name in answer.headers if name.startswith("access-control-allow")]


def test_a_session_of_the_pages_opens_nothing_at_the_machines_door(browser: Client, door: Machine, shop: Shop) -> None:
    sign_in(browser, shop)
    del door.headers["Authorization"]
    door.cookies.set("sessionid", browser.cookies["sessionid"].value)

    assert door.get("/api/v1/products").status_code == 401
    assert door.post("/api/v1/orders", json={}).status_code == 401


def test_a_key_in_an_address_opens_nothing(client: Machine) -> None:
    key = client.headers.pop("Authorization").removeprefix("Bearer ")
    for name in ("key", "api_key", "access_token", "token", "authorization"):
        assert client.get(f"/api/v1/products?{name}={key}").status_code == 401


def test_a_question_asked_twice_is_refused(client: Machine) -> None:
    answer = client.get("/api/v1/products?limit=1&limit=2")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "limit"


def test_to_look_changes_nothing(browser: Client, door: Machine, shop: Shop) -> None:
    furnish(door, shop)
    sign_in(browser, shop)
    tables = ("stock_move", "orders_order", "access_person", "access_role", "access_api_key", "access_post")
    counts = " UNION ALL ".join(f"SELECT count(*) FROM {each}" for each in tables)
    shop.db.commit()
    before = shop.db.execute(counts).fetchall()
    last = shop.db.execute("SELECT max(seq) FROM core_event").fetchone()

    seen = [at for at, _ in walked(browser)]

    shop.db.commit()
    assert shop.db.execute(counts).fetchall() == before
    told = shop.db.execute("SELECT DISTINCT kind FROM core_event WHERE seq > %s", last or (0,)).fetchall()
    # That something was taken out, or was asked for in vain, is on record as well; nothing else was done.
    assert {kind for (kind,) in told} <= {"rows.exported"}
    assert len(seen) > 60


def test_a_file_has_a_name_of_ours_whatever_it_is_about(browser: Client, door: Machine, shop: Shop) -> None:
    code = 'a";x=y'
    door.post("/api/v1/customers", json=[{"code": code, "name": "A"}], headers={"Idempotency-Key": "c"})
    sign_in(browser, shop)

    for path in ("/stock/file.csv", "/privacy/record.csv", "/privacy/customers/a%22;x=y/export.json"):
        answer = browser.post(path) if "customers" in path else browser.get(path)
        said = taken(answer).headers["Content-Disposition"]
        assert said.startswith("attachment; filename="), path
        assert said.count('"') in {0, 2}, said
        assert ";" not in said.partition("filename=")[2], said


def test_who_signed_out_leaves_nothing_in_the_browser(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)

    answer = browser.post("/account/logout/")

    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert browser.cookies["sessionid"].value == ""


def test_every_page_has_the_way_out_on_it(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)

    for path in ("/stock", "/orders", "/account/", "/people", "/imports", "/design"):
        assert 'action="/account/logout/"' in browser.get(path).content.decode(), path


def test_what_somebody_wrote_is_never_read_as_a_pattern(browser: Client, shop: Shop) -> None:
    assert words("order.placed", "order/1", {"number": "{name.__class__} %s %(x)s"}) == (
        "Order {name.__class__} %s %(x)s was placed"
    )
    shop.stock("mug", 1)
    shop.db.commit()
    sign_in(browser, shop)
    for pattern in ("%", "_", ".*", "m.g", "(", "[a-z]+", "\\"):
        assert "mug" not in rows(browser.get("/stock", {"q": pattern})), pattern
    assert "mug" in rows(browser.get("/stock", {"q": "mug"}))


def rows(answer: Any) -> str:
    return str(answer.content.decode()).partition("<tbody")[2]


def test_no_letter_is_written_to_who_is_smuggled_into_an_address(browser: Client, shop: Shop) -> None:
    for address in (
        "ana@example.com\nBcc: eve@example.com",
        "ana@example.com\r\n\r\nHello",
        "ana@example.com,eve@x.com",
    ):
        answer = browser.post("/account/password/reset/", {"email": address})
        assert answer.status_code == 200, address


# Passwords ------------------------------------------------------------------------------------------------------------


def changed(browser: Client, new: str, old: str = PASSWORD) -> bool:
    facts = {"oldpassword": old, "password1": new, "password2": new}
    return browser.post("/account/password/change/", facts).status_code == 302


@pytest.mark.parametrize(
    "poor",
    ["seven77", "password1", "qwertyuiop", "iloveyou1", "Onhand2026", "warehouse1!", "stock-order-9", "ana souza"],
)
def test_a_password_that_is_short_common_or_ours_is_refused(browser: Client, shop: Shop, poor: str) -> None:
    sign_in(browser, shop)

    assert not changed(browser, poor)


@pytest.mark.parametrize(
    "good", ["eightlet", "только буквы", "  blanks count  ", "x" * 40 + "Y" * 88, "9081726354", "öäü-ßÇ-漢字-🌵"]
)
def test_any_letters_will_do_and_many_of_them(browser: Client, shop: Shop, good: str) -> None:
    sign_in(browser, shop)
    assert changed(browser, good)

    def opens(password: str) -> bool:
        return Client().post("/account/login/", {"login": "ana", "password": password}).status_code == 302

    assert opens(good)
    assert not opens(good.swapcase() if good.swapcase() != good else good + " ")
    assert not opens(good[:-1])


def test_without_the_old_password_there_is_no_new_one(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)

    assert not changed(browser, "a-quiet-harbour-9", old="not-the-old-one")
    assert not changed(browser, "a-quiet-harbour-9", old="")


def test_a_password_does_not_grow_old(browser: Client, shop: Shop) -> None:
    admit(shop.db, "ana", "store_associate", password=PASSWORD)
    shop.db.execute("UPDATE access_person SET date_joined = now() - interval '10 years'")
    shop.db.commit()
    browser.post("/account/login/", {"login": "ana", "password": PASSWORD})

    assert browser.get("/orders").status_code == 200


def test_passwords_are_masked_and_may_be_pasted_or_filled_in(browser: Client, shop: Shop) -> None:
    pages = [browser.get("/account/login/").content.decode()]
    sign_in(browser, shop)
    pages += [browser.get(path).content.decode() for path in ("/account/password/change/", "/account/reauthenticate/")]

    for page in pages:
        assert 'type="password"' in page
        assert "onpaste" not in page
        assert 'autocomplete="off"' not in page.partition('type="password"')[2].partition(">")[0]
        assert "current-password" in page or "new-password" in page


def test_a_new_house_has_no_account_and_asks_no_secret_questions(db: Connection) -> None:
    assert db.execute("SELECT count(*) FROM access_person").fetchone() == (0,)
    columns = db.execute("SELECT column_name FROM information_schema.columns WHERE table_name ~ '^(access|account)'")
    assert not [name for (name,) in columns if "hint" in name or "question" in name]


def test_passwords_are_kept_by_argon2id_with_at_least_what_is_advised() -> None:
    kind, scheme, version, cost, *_ = make_password(PASSWORD).split("$")
    facts = dict(part.split("=") for part in cost.split(","))

    assert (kind, scheme, version) == ("argon2", "argon2id", "v=19")
    assert int(facts["m"]) >= 19_456
    assert int(facts["t"]) >= 2


def test_a_session_is_known_by_what_nobody_guesses(browser: Client, shop: Shop) -> None:
    keys = set()
    for _ in range(5):
        one = Client()
        sign_in(one, shop)
        keys.add(one.session.session_key)

    assert len(keys) == 5
    # 36 letters and digits: 5.17 bits each.
    assert all(len(str(each)) * 5.17 > 128 for each in keys)
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"


def test_a_colleague_makes_a_password_and_does_not_choose_it(browser: Client, shop: Shop) -> None:
    admit(shop.db, "bob", "store_associate", password="bobs-own-harbour")
    shop.db.commit()
    sign_in(browser, shop)

    form = browser.get("/people/of/bob/password").content.decode()
    fill(browser, "/people/of/bob/password", password="chosen-by-ana-1")

    assert 'type="password"' not in form
    assert Client().post("/account/login/", {"login": "bob", "password": "chosen-by-ana-1"}).status_code == 200


def test_whoever_sends_more_fields_than_a_form_has_changes_nothing_by_them(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop, role="store_associate")

    browser.post(
        "/prefer", {"theme": "dark", "role": "owner", "is_superuser": "1", "is_active": "0", "username": "eve"}
    )

    shop.db.commit()
    assert shop.db.execute("SELECT username, role, is_superuser, is_active FROM access_person").fetchall() == [
        ("ana", "store_associate", False, True)
    ]
    assert "Ana" in text(browser.get("/account/"))
