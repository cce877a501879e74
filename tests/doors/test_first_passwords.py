"""A password that was made up for somebody opens the door once, soon, and leads to one of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from doors.people import fill, sign_in, text
from onhand.access.people import admit, set_password
from onhand.access.signin import first_passwords
from onhand.core.clock import utc_now
from onhand.core.refusals import refused
from shop import Shop

OWN = "a-quiet-harbour-9"


def made_up(shop: Shop) -> str:
    password = admit(shop.db, "bob", "store_associate")
    shop.db.commit()
    assert not refused(password)
    return password


def came_in(password: str) -> Client:
    browser = Client()
    browser.post("/account/login/", {"login": "bob", "password": password})
    return browser


def chosen(browser: Client, old: str, new: str) -> int:
    facts = {"oldpassword": old, "password1": new, "password2": new}
    return browser.post("/account/password/change/", facts).status_code


def test_it_leads_to_choosing_ones_own_before_anything_else(browser: Client, shop: Shop) -> None:
    bob = came_in(made_up(shop))

    assert bob.get("/orders")["Location"] == "/account/password/change/"
    assert bob.get("/orders", headers={"HX-Request": "true"})["HX-Redirect"] == "/account/password/change/"
    assert bob.get("/account/password/change/").status_code == 200


def test_it_cannot_be_kept(browser: Client, shop: Shop) -> None:
    given = made_up(shop)
    bob = came_in(given)

    assert chosen(bob, given, given) == 200
    assert bob.get("/orders").status_code == 302


def test_with_ones_own_one_goes_on_at_once_and_from_then_on(browser: Client, shop: Shop) -> None:
    given = made_up(shop)
    bob = came_in(given)

    assert chosen(bob, given, OWN) == 302

    assert bob.get("/orders").status_code == 200
    assert came_in(OWN).get("/orders").status_code == 200


def test_after_three_days_it_opens_nothing(browser: Client, shop: Shop) -> None:
    given = made_up(shop)
    shop.db.execute("UPDATE access_signin_first_password SET until = %s", (utc_now() - timedelta(seconds=1),))
    shop.db.commit()

    answer = browser.post("/account/login/", {"login": "bob", "password": given}, follow=True)

    assert "good for three days" in text(answer)
    assert browser.get("/orders").status_code == 302


def test_what_a_colleague_has_made_up_is_for_the_first_time_too(browser: Client, shop: Shop) -> None:
    admit(shop.db, "bob", "store_associate", password=OWN)
    shop.db.commit()
    sign_in(browser, shop)

    fill(browser, "/people/of/bob/password")

    shop.db.commit()
    (person,) = shop.db.execute("SELECT id FROM access_person WHERE username = 'bob'").fetchone() or (0,)
    ends = first_passwords.until(shop.db, person)
    assert ends is not None
    assert timedelta(days=2, hours=23) < ends - utc_now() <= first_passwords.HOLDS


@pytest.mark.parametrize("poor", ["short", "password1", "12345678", "Onhand2026!", "warehouse-operator-1"])
def test_a_password_given_at_the_terminal_is_held_to_the_same(shop: Shop, poor: str) -> None:
    answers = [admit(shop.db, "bob", "owner", password=poor), set_password(shop.db, "bob", poor)]

    assert [refused(each) and each.code for each in answers] == ["bad_password"] * 2
