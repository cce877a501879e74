"""A customer signs in by a code: sent to their address, good once, bounded; and never mixed up with who works here."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from doors.customers import EMAIL, come_in, customer, last_code, letters
from doors.people import read, sign_in
from onhand.customers.account.rules import MOST_TRIES
from onhand.doors.web.my.gate import ASKING, COOKIE
from shop import Shop


def test_a_customer_comes_in_by_the_code_they_are_sent_and_sees_their_orders(browser: Client, shop: Shop) -> None:
    customer(shop)
    shop.stock("mug", 5)
    shop.do(shop.order(("mug", 2), customer="C1"))

    page = read(come_in(browser, shop), "/my")

    assert "Order N1" in page
    assert "Mug" in page


def test_all_customers_with_one_address_are_one(browser: Client, shop: Shop) -> None:
    customer(shop)
    customer(shop, "C2", "ANA@shop.example")
    customer(shop, "C3", "eva@shop.example")
    shop.stock("mug", 9)
    for code in ("C1", "C2", "C3"):
        shop.do(shop.order(("mug", 1), customer=code))

    page = read(come_in(browser, shop), "/my")

    assert [number for number in ("N1", "N2", "N3") if f"Order {number}" in page] == ["N1", "N2"]


def test_whether_an_address_is_known_is_not_to_be_learned(browser: Client, shop: Shop) -> None:
    customer(shop)

    seen = []
    for email in (EMAIL, "nobody@shop.example"):
        asked = browser.post("/my/sign-in", {"email": email})
        page = browser.get(asked["Location"])
        wrong = browser.post("/my/sign-in/code", {"code": "000000"})
        seen.append((asked.status_code, asked["Location"], _still(page), wrong.status_code, _still(wrong)))

    assert seen[0] == seen[1]
    assert len(letters(shop.db)) == 1


def _still(answer: Any) -> str:
    """A page without what is new in each of its forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())


def test_a_code_is_good_once(browser: Client, shop: Shop) -> None:
    customer(shop)
    browser.post("/my/sign-in", {"email": EMAIL})
    asking, code = browser.cookies[ASKING].value, last_code(shop.db)
    assert browser.post("/my/sign-in/code", {"code": code}).status_code == 302

    other = Client()
    other.cookies[ASKING] = asking
    assert other.post("/my/sign-in/code", {"code": code}).status_code == 422


def test_a_code_opens_nothing_in_another_browser(browser: Client, shop: Shop) -> None:
    customer(shop)
    browser.post("/my/sign-in", {"email": EMAIL})
    code = last_code(shop.db)
    other = Client()
    other.post("/my/sign-in", {"email": "eva@shop.example"})

    assert other.post("/my/sign-in/code", {"code": code}).status_code == 422
    assert browser.post("/my/sign-in/code", {"code": code}).status_code == 302


def test_a_code_is_too_old_after_ten_minutes(browser: Client, shop: Shop) -> None:
    customer(shop)
    browser.post("/my/sign-in", {"email": EMAIL})
    code = last_code(shop.db)
    shop.db.execute("UPDATE customers_account_code SET expires_at = expires_at - interval '10 minutes'")
    shop.db.commit()

    assert browser.post("/my/sign-in/code", {"code": code}).status_code == 422


def test_after_five_wrong_tries_the_right_code_opens_nothing_either(browser: Client, shop: Shop) -> None:
    customer(shop)
    browser.post("/my/sign-in", {"email": EMAIL})
    code = last_code(shop.db)
    wrong = f"{(int(code.replace(' ', '')) + 1) % 1_000_000:06}"
    for _ in range(MOST_TRIES):
        assert browser.post("/my/sign-in/code", {"code": wrong}).status_code == 422

    assert browser.post("/my/sign-in/code", {"code": code}).status_code == 422


def test_tries_at_an_address_are_bounded_however_many_codes_are_asked_for(browser: Client, shop: Shop) -> None:
    customer(shop)
    said = []
    for _ in range(3):
        browser.post("/my/sign-in", {"email": EMAIL})
        said += [browser.post("/my/sign-in/code", {"code": "000000"}).content.decode() for _ in range(MOST_TRIES)]

    assert ["tried too often" in each for each in said] == [False] * 10 + [True] * 5


@pytest.mark.parametrize("email", [EMAIL, "nobody@shop.example"])
def test_letters_to_an_address_are_bounded(browser: Client, shop: Shop, email: str) -> None:
    customer(shop)

    answers = [browser.post("/my/sign-in", {"email": email}).status_code for _ in range(6)]

    assert answers == [302] * 5 + [422]
    assert len(letters(shop.db)) == (5 if email == EMAIL else 0)


def besieged(email: str = EMAIL, asks: int = 40) -> list[Client]:
    """Strangers who ask for codes to somebody's address, each from a place of their own."""
    strangers = [Client(REMOTE_ADDR=f"198.51.100.{number}") for number in range(asks)]
    assert {each.post("/my/sign-in", {"email": email}).status_code for each in strangers} == {302}
    return strangers


def shared_codes(shop: Shop) -> list[str]:
    return re.findall(r"\b(\d{4} \d{4} \d{4})\b", "\n".join(letters(shop.db)))


def test_strangers_asks_neither_lock_the_owner_out_nor_fill_their_mailbox(browser: Client, shop: Shop) -> None:
    customer(shop)
    besieged()

    assert browser.post("/my/sign-in", {"email": EMAIL}).status_code == 302

    (code,) = shared_codes(shop)
    assert len(letters(shop.db)) == 11
    assert browser.post("/my/sign-in/code", {"code": code}).status_code == 302
    assert browser.get("/my").status_code == 200


def test_a_shared_code_is_good_once_and_in_browsers_that_asked_alone(browser: Client, shop: Shop) -> None:
    customer(shop)
    *_, stranger = besieged()
    browser.post("/my/sign-in", {"email": EMAIL})
    (code,) = shared_codes(shop)

    assert Client().post("/my/sign-in/code", {"code": code}).status_code == 302, "asked for nothing: to the first page"
    other = Client()
    other.post("/my/sign-in", {"email": "eva@shop.example"})
    assert other.post("/my/sign-in/code", {"code": code}).status_code == 422
    assert browser.post("/my/sign-in/code", {"code": code})["Location"] == "/my"
    assert stranger.post("/my/sign-in/code", {"code": code}).status_code == 422


def test_a_shared_code_is_sent_anew_before_it_is_too_old(browser: Client, shop: Shop) -> None:
    customer(shop)
    besieged()
    shop.db.execute("UPDATE customers_account_code SET expires_at = expires_at - interval '6 minutes'")
    shop.db.commit()

    browser.post("/my/sign-in", {"email": EMAIL})

    first, second = shared_codes(shop)
    assert browser.post("/my/sign-in/code", {"code": first}).status_code == 422
    assert browser.post("/my/sign-in/code", {"code": second}).status_code == 302


def test_of_an_address_nobody_has_a_siege_teaches_nothing_either(browser: Client, shop: Shop) -> None:
    customer(shop)
    besieged("nobody@shop.example")

    asked = browser.post("/my/sign-in", {"email": "nobody@shop.example"})

    assert (asked.status_code, asked["Location"]) == (302, "/my/sign-in/code")
    assert letters(shop.db) == []
    assert shop.db.execute("SELECT count(*) FROM customers_account_code WHERE shared").fetchone() == (31,)


def test_a_browser_that_is_known_has_codes_of_its_own_whatever_strangers_do(browser: Client, shop: Shop) -> None:
    customer(shop)
    come_in(browser, shop)
    browser.post("/my/sign-out")
    besieged()
    # Also those who come from the same place.
    assert [Client().post("/my/sign-in", {"email": EMAIL}).status_code for _ in range(6)][-1] == 422

    assert come_in(browser, shop).get("/my").status_code == 200


def test_who_is_known_for_one_address_is_a_stranger_to_others(browser: Client, shop: Shop) -> None:
    customer(shop)
    customer(shop, "C2", "eva@shop.example")
    come_in(browser, shop)
    browser.post("/my/sign-out")

    answers = [browser.post("/my/sign-in", {"email": "eva@shop.example"}).status_code for _ in range(6)]

    assert answers == [302] * 5 + [422]


def test_one_source_asks_for_so_many_addresses_and_no_more(browser: Client, shop: Shop) -> None:
    answers = [browser.post("/my/sign-in", {"email": f"a{n}@shop.example"}).status_code for n in range(61)]

    assert answers == [302] * 60 + [422]


def test_neither_code_nor_cookie_stands_in_the_database(browser: Client, shop: Shop) -> None:
    customer(shop)
    browser.post("/my/sign-in", {"email": EMAIL})
    asking, code = browser.cookies[ASKING].value, last_code(shop.db)
    kept = str(shop.db.execute("SELECT * FROM customers_account_code").fetchall())
    browser.post("/my/sign-in/code", {"code": code})
    kept += str(shop.db.execute("SELECT * FROM customers_account_session").fetchall())

    assert asking not in kept
    assert browser.cookies[COOKIE].value not in kept
    assert code.replace(" ", "") not in kept


def test_a_cookie_is_for_our_pages_alone(browser: Client, shop: Shop) -> None:
    customer(shop)
    cookie = come_in(browser, shop).cookies[COOKIE]

    assert (bool(cookie["httponly"]), cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_a_session_ends_when_nobody_comes_and_after_its_longest_time(browser: Client, shop: Shop) -> None:
    customer(shop)
    for column, span in (("seen_at", "8 days"), ("began_at", "31 days")):
        come_in(browser, shop)
        shop.db.execute(f"UPDATE customers_account_session SET {column} = now() - %s::interval", (span,))
        shop.db.commit()

        assert browser.get("/my")["Location"] == "/my/sign-in?next=%2Fmy"


def test_signed_out_the_cookie_opens_nothing_any_more(browser: Client, shop: Shop) -> None:
    customer(shop)
    token = come_in(browser, shop).cookies[COOKIE].value
    browser.post("/my/sign-out")
    browser.cookies[COOKIE] = token

    assert browser.get("/my").status_code == 302


def test_a_customers_cookie_opens_no_page_of_those_who_work_here(browser: Client, shop: Shop) -> None:
    customer(shop)
    token = come_in(browser, shop).cookies[COOKIE].value
    browser.cookies["sessionid"] = token

    for path in ("/orders", "/privacy/customers/C1", "/account/", "/overview"):
        assert browser.get(path)["Location"].startswith("/account/login/"), path


def test_who_works_here_is_no_customer_whatever_their_role(browser: Client, shop: Shop) -> None:
    customer(shop)
    sign_in(browser, shop)
    for token in ("", browser.cookies["sessionid"].value):
        browser.cookies[COOKIE] = token

        for path in ("/my", "/my/account", "/my/orders/web/N1"):
            assert browser.get(path)["Location"].startswith("/my/sign-in"), path


def test_both_in_one_browser_stay_apart(browser: Client, shop: Shop) -> None:
    customer(shop)
    sign_in(browser, shop)
    come_in(browser, shop)

    browser.post("/my/sign-out")

    assert browser.get("/my").status_code == 302
    assert browser.get("/orders").status_code == 200


def test_from_where_a_customer_came_is_not_on_record_for_years(browser: Client, shop: Shop) -> None:
    customer(shop)
    come_in(browser, shop)
    browser.post("/my/account/language", {"language": "es"})

    shop.db.commit()
    said = shop.db.execute("SELECT origin FROM core_event WHERE actor = 'customer/C1'").fetchall()
    assert len(said) == 2
    assert all("127.0.0.1" not in (origin or "") for (origin,) in said)


def test_who_has_another_address_by_now_is_out(browser: Client, shop: Shop) -> None:
    customer(shop)
    come_in(browser, shop)
    customer(shop, email="ana@new.example")

    assert browser.get("/my").status_code == 302


def test_one_comes_back_to_where_one_wanted_to_go_and_nowhere_else(browser: Client, shop: Shop) -> None:
    customer(shop)
    led = []
    for wanted in ("/my/account", "https://evil.example/my", "//evil.example/my", "/orders", "/mysterious"):
        browser.post("/my/sign-in", {"email": EMAIL, "next": wanted})
        led.append(browser.post("/my/sign-in/code", {"code": last_code(shop.db), "next": wanted})["Location"])

    assert led == ["/my/account", "/my", "/my", "/my", "/my"]
