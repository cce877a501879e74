"""A customer's passkey opens what its address opens, and nothing once that address is somebody else's, or nobody's."""

from __future__ import annotations

import pytest
from django.test import Client

from doors.customers import EMAIL, come_in, customer
from doors.finger import Finger
from doors.people import read
from onhand.core.clock import utc_now
from onhand.customers.account import passkeys, sessions
from shop import Shop

NEW = "ana@new.example"


@pytest.fixture
def ana(browser: Client, shop: Shop) -> Client:
    """A customer who is signed in, and has ordered."""
    customer(shop)
    shop.stock("mug", 9)
    shop.do(shop.order(("mug", 1), customer="C1"))
    return come_in(browser, shop)


@pytest.fixture
def finger(ana: Client) -> Finger:
    """Their passkey."""
    made = Finger()
    assert made.make(ana)["Location"] == "/my/account?said=passkey"
    return made


def forgotten(shop: Shop) -> int:
    """What the housekeeper takes away."""
    gone = sessions.forget_left(shop.db, utc_now()) + passkeys.forget_left(shop.db, utc_now())
    shop.db.commit()
    return gone


def test_a_passkey_opens_the_orders_of_its_address(finger: Finger, shop: Shop) -> None:
    other = Client()

    assert finger.sign_in(other)["Location"] == "/my"

    assert "Order N1" in read(other, "/my")


def test_a_passkey_opens_nothing_when_the_customer_has_another_address(finger: Finger, shop: Shop) -> None:
    customer(shop, email=NEW)
    stranger = Client()

    assert finger.sign_in(stranger).status_code == 422

    assert stranger.get("/my").status_code == 302


def test_a_passkey_of_a_shared_address_opens_only_who_still_has_it(finger: Finger, shop: Shop) -> None:
    customer(shop, "C2")
    shop.do(shop.order(("mug", 1), customer="C2"))
    customer(shop, email=NEW)
    other = Client()

    assert finger.sign_in(other).status_code == 302

    page = read(other, "/my")
    assert ("Order N1" in page, "Order N2" in page) == (False, True)


def test_who_has_the_new_address_neither_sees_nor_uses_the_passkeys_of_the_old_one(finger: Finger, shop: Shop) -> None:
    customer(shop, email=NEW)
    owner = come_in(Client(), shop, NEW)

    assert "phone" not in read(owner, "/my/account")
    theirs = Finger()
    assert theirs.make(owner).status_code == 302
    assert theirs.holder != finger.holder


def test_an_address_that_comes_back_must_be_proven_anew(finger: Finger, ana: Client, shop: Shop) -> None:
    customer(shop, email=NEW)
    assert forgotten(shop) == 2
    customer(shop, email=EMAIL)

    assert ana.get("/my").status_code == 302
    assert finger.sign_in(Client()).status_code == 422
    assert shop.kinds().count("visit.passkey_removed") == 1


def test_what_still_leads_to_somebody_is_not_forgotten(finger: Finger, ana: Client, shop: Shop) -> None:
    assert forgotten(shop) == 0

    assert ana.get("/my").status_code == 200


def test_a_passkey_of_before_opens_nothing(finger: Finger, shop: Shop) -> None:
    shop.db.execute("UPDATE customers_account_passkey SET mark = ''")
    shop.db.commit()

    assert finger.sign_in(Client()).status_code == 422
