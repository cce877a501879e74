"""A customer's account: language, consent, sessions, their data as a file, and leaving for good."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from doors.customers import EMAIL, come_in, customer, last_code, letters
from doors.people import read
from onhand.access.privacy import consent, holds
from onhand.core.clock import utc_now
from onhand.core.refusals import refused
from onhand.customers import queries as customers
from onhand.customers.wishes import actions as wishes
from onhand.customers.wishes.actions import Wanted
from onhand.doors.web.my.gate import COOKIE
from onhand.flows import commands as c
from onhand.messages.actions import Letter, Recipient, post
from shop import Shop


@pytest.fixture
def ana(browser: Client, shop: Shop) -> Client:
    """A customer who is signed in, and whose order has arrived."""
    customer(shop)
    shop.stock("mug", 5)
    shop.do(shop.order(("mug", 1), customer="C1", ship_to=c.Destination("GB", "SW1A 1AA")))
    for step in ("pick", "pack", "ship", "deliver"):
        shop.do(c.AdvanceOrder("web", "N1", step))
    return come_in(browser, shop)


def test_the_language_chosen_is_that_of_pages_and_of_letters(ana: Client, shop: Shop) -> None:
    ana.post("/my/account/language", {"language": "es"})

    assert "Sus pedidos" in read(ana, "/my")
    Client().post("/my/sign-in", {"email": EMAIL})
    assert "su código es" in letters(shop.db)[-1]
    assert ana.post("/my/account/language", {"language": "tlh"}).status_code == 422


def test_another_browser_speaks_it_from_the_first_sign_in_on(ana: Client, shop: Shop) -> None:
    ana.post("/my/account/language", {"language": "es"})

    assert "Sus pedidos" in read(come_in(Client(), shop), "/my")


def test_to_choose_the_same_language_again_is_no_news(ana: Client, shop: Shop) -> None:
    for _ in range(2):
        ana.post("/my/account/language", {"language": "pt-br"})

    shop.db.commit()
    assert shop.kinds().count("customer.language_set") == 1


def test_what_one_agrees_to_is_kept_with_its_words_and_only_what_changed(ana: Client, shop: Shop) -> None:
    ana.post("/my/account/consent", {"email": "on"})
    ana.post("/my/account/consent", {"email": "on", "sms": "on"})
    ana.post("/my/account/consent", {"sms": "on"})

    shop.db.commit()
    said = [(each.purpose, each.given) for each in consent.history(shop.db, "customer/C1")]
    assert said == [("email", False), ("sms", True), ("email", True)]
    assert consent.history(shop.db, "customer/C1")[0].wording == "Write to me by e-mail about offers and news."
    assert 'name="sms" id="id_sms" checked' in ana.get("/my/account").content.decode()


def test_sessions_are_listed_and_ended(ana: Client, shop: Shop) -> None:
    agent = "Mozilla/5.0 (Android 15; Tablet; rv:140.0) Gecko/140.0 Firefox/140.0"
    other = come_in(Client(headers={"User-Agent": agent}), shop)
    assert "Firefox · Android" in read(ana, "/my/account")
    (number,) = shop.db.execute("SELECT id FROM customers_account_session ORDER BY id DESC").fetchone() or ()
    shop.db.commit()

    assert ana.post(f"/my/account/sessions/{number}/end").status_code == 302

    assert other.get("/my").status_code == 302
    assert ana.get("/my").status_code == 200


def test_nobody_ends_a_session_of_somebody_else(ana: Client, shop: Shop) -> None:
    customer(shop, "C2", "eva@shop.example")
    eva = come_in(Client(), shop, "eva@shop.example")
    (number,) = shop.db.execute("SELECT id FROM customers_account_session WHERE customer = 'C2'").fetchone() or ()
    shop.db.commit()

    assert ana.post(f"/my/account/sessions/{number}/end").status_code == 404
    assert ana.post("/my/account/sessions/end-others").status_code == 302
    assert eva.get("/my").status_code == 200


def test_all_that_is_held_comes_as_a_file_and_that_is_on_record(ana: Client, shop: Shop) -> None:
    ana.post("/my/orders/web/N1/write", {"asking": "0190b3a4-0000-7000-8000-000000000001", "text": "Thank you!"})

    held = json.loads(ana.post("/my/account/data.json").content)

    said = json.dumps(held)
    assert all(each in said for each in (EMAIL, "SW1A 1AA", "Thank you!", "customers_account_session"))
    shop.db.commit()
    handed = shop.db.execute("SELECT subject, actor FROM core_event WHERE kind = 'data.exported'").fetchall()
    assert handed == [("customer/C1", "customer/C1")]


def leave(browser: Client, shop: Shop) -> Client:
    assert browser.post("/my/account/leave")["Location"] == "/my/account/leave/sure"
    return browser


def test_one_is_erased_by_a_fresh_code_and_is_out_everywhere(ana: Client, shop: Shop) -> None:
    other = come_in(Client(), shop)
    ana.post("/my/orders/web/N1/write", {"asking": "0190b3a4-0000-7000-8000-000000000001", "text": "Thank you!"})
    leave(ana, shop)

    answer = ana.post("/my/account/leave/erase", {"code": last_code(shop.db), "sure": "on"})

    assert answer["Location"] == "/my/sign-in?said=erased"
    assert ana.cookies[COOKIE].value == ""
    assert other.get("/my").status_code == 302
    (known,) = customers.customers(shop.db, code="C1").items
    assert (known.name, known.email) == ("", "")
    assert shop.db.execute("SELECT count(*) FROM customers_account_session").fetchone() == (0,)
    assert shop.db.execute("SELECT text FROM customers_message").fetchall() == [("",)]
    assert shop.db.execute("SELECT count(*) FROM orders_order").fetchone() == (1,)


def under_the_address(shop: Shop) -> None:
    """Of the same address, before anybody knew whose it is: a wish left with goods, and a letter to it alone."""
    wishes.leave(shop.db, [Wanted("lamp", EMAIL.upper(), "en")], utc_now(), actor="shop-window")
    facts = {"product": "Lamp of long ago", "link": "https://shop.example/shop/goods/lamp", "shop": "Shop"}
    letter = Letter("stock.back", Recipient("address", EMAIL), "en", facts, key="long ago")
    assert not any(refused(each) for each in post(shop.db, [letter], actor="wishes"))
    shop.db.commit()


def test_the_file_holds_what_is_kept_under_the_address_itself(ana: Client, shop: Shop) -> None:
    under_the_address(shop)

    held = json.loads(ana.post("/my/account/data.json").content)

    assert [each["subject"].partition("/")[0] for each in held] == ["customer", "wish", "address"]
    rows = {each["what"]: each["rows"] for one in held[1:] for each in one["held"] if each["rows"]}
    assert [each["email"] for each in rows["customers_wish"]] == [EMAIL.upper()]
    assert [each["address"] for each in rows["messages_letter"]] == [EMAIL]
    assert "Lamp of long ago" in rows["messages_letter"][0]["body"]


def test_what_is_kept_under_the_address_itself_is_erased_too_and_of_nobody_else(ana: Client, shop: Shop) -> None:
    under_the_address(shop)
    wishes.leave(shop.db, [Wanted("lamp", "eva@shop.example", "en")], utc_now(), actor="shop-window")
    shop.db.commit()
    leave(ana, shop)

    ana.post("/my/account/leave/erase", {"code": last_code(shop.db), "sure": "on"})

    assert shop.db.execute("SELECT count(*) FROM customers_wish").fetchone() == (1,)
    letters_left = "SELECT body, address, state FROM messages_letter WHERE key = 'long ago'"
    assert shop.db.execute(letters_left).fetchall() == [("", "", "given_up")]
    keys = shop.db.execute(
        "SELECT subject FROM access_privacy_key WHERE subject ~ '^(wish|address|customer)/'"
    ).fetchall()
    assert [subject.partition("/")[0] for (subject,) in keys] == ["wish"], "Eva's"


def test_all_customers_with_the_address_are_erased_together(ana: Client, shop: Shop) -> None:
    customer(shop, "C2")
    leave(ana, shop)

    ana.post("/my/account/leave/erase", {"code": last_code(shop.db), "sure": "on"})

    assert [each.email for each in customers.customers(shop.db).items] == ["", ""]


def test_or_none_of_them_where_one_must_wait(ana: Client, shop: Shop) -> None:
    customer(shop, "C2")
    leave(ana, shop)
    holds.hold(shop.db, "customer/C2", utc_now() + timedelta(days=9), "case 7", now=utc_now(), actor="person/eva")
    shop.db.commit()

    answer = ana.post("/my/account/leave/erase", {"code": last_code(shop.db), "sure": "on"})

    assert answer.status_code == 409
    assert [each.email for each in customers.customers(shop.db).items] == [EMAIL, EMAIL]


def test_a_code_to_sign_in_with_erases_nobody(ana: Client, shop: Shop) -> None:
    ana.post("/my/sign-in", {"email": EMAIL})

    answer = ana.post("/my/account/leave/erase", {"code": last_code(shop.db), "sure": "on"})

    assert answer.status_code == 422
    assert ana.get("/my").status_code == 200


def test_nor_does_a_code_without_meaning_it(ana: Client, shop: Shop) -> None:
    leave(ana, shop)

    assert ana.post("/my/account/leave/erase", {"code": last_code(shop.db)}).status_code == 422
    assert ana.post("/my/account/leave/erase", {"code": last_code(shop.db), "sure": "on"}).status_code == 302


def test_who_waits_for_goods_cannot_be_erased_yet_and_is_told_why(ana: Client, shop: Shop) -> None:
    shop.do(shop.order(("mug", 1), customer="C1"))

    assert "open" in read(ana, "/my/account/leave")
    assert ana.post("/my/account/leave").status_code == 409
    assert len(letters(shop.db)) == 1


@pytest.mark.parametrize("answer", ["", "{}", "[]", "nonsense", '{"response": {"userHandle": "AAAA"}}'])
def test_nonsense_is_no_passkey(ana: Client, shop: Shop, answer: str) -> None:
    ana.get("/my/account/passkeys/wanted")
    assert ana.post("/my/account/passkeys/add", {"credential": answer}).status_code == 422
    stranger = Client()
    assert stranger.get("/my/sign-in/passkey/asked").status_code == 200
    assert stranger.post("/my/sign-in/passkey", {"credential": answer}).status_code == 422
