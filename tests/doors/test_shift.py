"""Shared devices: a badge or a short code and a PIN, on registered devices alone, for who works on the floor."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from doors.people import PASSWORD, fill, sign_in, text
from onhand.access import factors
from onhand.access.models import Person
from onhand.access.people import admit, give_post
from onhand.access.signin import devices, rules
from onhand.access.signin.devices import SetBadge
from onhand.core.clock import utc_now
from onhand.core.refusals import refused
from shop import Shop

PIN, BADGE = "804153", "B-7F3K9Q"
Register = Callable[[], Client]


@pytest.fixture
def device(browser: Client, shop: Shop) -> Client:
    """A registered device, nobody signed in."""
    sign_in(browser, shop, role="store_manager", name="max")
    fill(browser, "/devices/register", name="Counter 2", site="london")
    browser.post("/account/logout/")
    return browser


@pytest.fixture
def ana(shop: Shop) -> str:
    """Somebody of the floor, with a badge."""
    admit(shop.db, "ana", "store_associate", full_name="Ana Souza", password=PASSWORD)
    badge(shop)
    return "ana"


def badge(shop: Shop, name: str = "ana", code: str = "4711", text: str = BADGE, pin: str = PIN) -> None:
    done = devices.set_badge(shop.db, SetBadge(name, code, text, pin), actor="person/max", now=utc_now())
    assert done is None, done
    shop.db.commit()


def shown(browser: Client, code: str = "4711", pin: str = PIN) -> Any:
    return browser.post("/shift", {"code": code, "pin": pin})


def test_who_works_on_the_floor_signs_in_by_code_or_badge_and_pin(device: Client, ana: str) -> None:
    assert "Counter 2" in text(device.get("/shift"))

    for typed in ("4711", BADGE):
        assert shown(device, typed)["Location"] == "/home"
        assert device.get("/stock").status_code == 200
        device.post("/shift/lock")
        assert device.get("/stock").status_code == 302


def test_elsewhere_neither_opens_anything(device: Client, ana: str) -> None:
    stranger = Client()

    assert shown(stranger).status_code == 403
    stranger.cookies["onhand_device"] = "made-up"
    assert shown(stranger).status_code == 403


def test_five_wrong_pins_lock_until_a_manager_lets_them_try_again(device: Client, shop: Shop, ana: str) -> None:
    answers = [shown(device, pin="000000") for _ in range(6)]
    assert ["Too many" in text(each) for each in answers] == [False] * 5 + [True]
    assert "Too many" in text(shown(device))
    assert "Too many" in text(shown(device, BADGE))

    manager = Client()
    manager.post("/account/login/", {"login": "max", "password": PASSWORD})
    assert "ana · PIN" in text(manager.get("/devices"))
    fill(manager, "/devices/people/ana/lift")

    assert shown(device).status_code == 302


def test_of_a_badge_nobody_has_a_wrong_pin_is_said_alike(device: Client, ana: str) -> None:
    said = [[text(shown(device, code, "000000")) for _ in range(6)] for code in ("4711", "9999")]

    assert said[0] == said[1]


def test_many_codes_tried_on_one_device_close_it_for_a_while(device: Client, shop: Shop, ana: str) -> None:
    for each in range(41):
        shown(device, str(5000 + each), "000000")

    assert "Too many" in text(shown(device))


def test_who_does_not_work_on_the_floor_gets_no_badge_and_keeps_none(device: Client, shop: Shop, ana: str) -> None:
    refusal = devices.set_badge(shop.db, SetBadge("max", "1234", "", PIN), actor="person/max", now=utc_now())
    assert refused(refusal)
    assert refusal.code == "not_of_the_floor"

    give_post(shop.db, "ana", "owner", actor="operator/x", now=utc_now())
    shop.db.commit()

    assert "do not belong together" in text(shown(device))


def test_the_next_one_takes_over_with_a_badge_and_the_first_is_out(device: Client, shop: Shop, ana: str) -> None:
    admit(shop.db, "bob", "warehouse_operator", full_name="Bob Roy")
    badge(shop, "bob", "4712", "B-OTHER-1")
    shown(device)
    copied = Client()
    copied.cookies["sessionid"] = device.cookies["sessionid"].value

    shown(device, "4712")

    assert "Bob Roy" in device.get("/stock").content.decode()
    assert copied.get("/stock").status_code == 302


def test_on_a_shared_device_the_highest_kind_is_out_of_reach(device: Client, shop: Shop) -> None:
    shop.stock("mug", 3)
    admit(shop.db, "bob", "warehouse_operator")
    badge(shop, "bob")
    assert Person.objects.get(username="bob").may("do.counts")
    shown(device)

    page = device.get("/goods/mug").content.decode()

    assert "/stock/mug/at/london/move" in page
    assert "/stock/mug/at/london/adjust" not in page
    assert device.get("/stock/mug/at/london/adjust").status_code == 403
    assert not factors.freshly_proved(device.session, 300)
    assert factors.most_sensitive(device.session) == "medium"


@pytest.mark.parametrize(
    "path",
    [
        "/account/2fa/",
        "/account/2fa/webauthn/add/",
        "/account/2fa/totp/activate/",
        "/account/2fa/recovery-codes/",
        "/account/password/change/",
        "/account/email/",
        "/account/reauthenticate/",
        "/identity/o/device",
    ],
)
def test_a_pin_is_not_enough_to_change_what_one_signs_in_with(device: Client, ana: str, path: str) -> None:
    shown(device)

    assert device.get(path).status_code == 403


def test_a_shared_device_locks_on_the_server_too(device: Client, shop: Shop, ana: str) -> None:
    shown(device)
    key = device.cookies["sessionid"].value
    shop.db.commit()
    row = shop.db.execute(
        "SELECT extract(epoch FROM expire_date - now()) FROM django_session WHERE session_key = %s", (key,)
    ).fetchone()

    assert row is not None
    assert 300 <= float(row[0]) <= 321
    assert 'data-lock-after="300"' in device.get("/stock").content.decode()


def test_a_device_that_is_taken_off_opens_nothing_and_who_is_on_it_is_out(device: Client, shop: Shop, ana: str) -> None:
    shown(device)
    manager = Client()
    manager.post("/account/login/", {"login": "max", "password": PASSWORD})
    (path,) = re.findall(r'hx-get="(/devices/\d+/end)"', manager.get("/devices").content.decode())

    fill(manager, path)

    assert device.get("/stock").status_code == 302
    assert device.get("/shift").status_code == 403


def test_a_manager_sees_to_the_devices_and_badges_of_their_sites(browser: Client, shop: Shop) -> None:
    for site, name in (("london", "ana"), ("lisbon", "bob")):
        admit(shop.db, name, "store_associate", sites=[site])
        devices.register(shop.db, f"Counter {site}", site, actor="system", now=utc_now())
    admit(shop.db, "max", "store_manager", password=PASSWORD, sites=["london"])
    shop.db.commit()
    browser.post("/account/login/", {"login": "max", "password": PASSWORD})

    page = text(browser.get("/devices"))

    assert "Counter london" in page
    assert "Counter lisbon" not in page
    assert browser.get("/devices/people/ana/set-up").status_code == 200
    assert browser.get("/devices/people/bob/set-up").status_code == 404
    answer = fill(browser, "/devices/register", name="Mine", site="lisbon")
    assert answer.status_code == 422


def test_who_may_not_sees_nothing_of_it(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop, role="store_associate")

    assert browser.get("/devices").status_code == 403
    assert browser.get("/devices/register").status_code == 403


def test_a_pin_is_chosen_twice_alike(device: Client, shop: Shop, ana: str) -> None:
    device.post("/account/login/", {"login": "max", "password": PASSWORD})

    answer = fill(device, "/devices/people/ana/set-up", code="4711", pin="804153", again="804154")

    assert answer.status_code == 422
    assert "The two PINs differ" in text(answer)


def test_nobody_has_the_code_of_another(shop: Shop, ana: str) -> None:
    admit(shop.db, "bob", "store_associate")

    same = [
        devices.set_badge(shop.db, SetBadge("bob", *each, PIN), actor="person/max", now=utc_now())
        for each in (("4711", "B-OTHER-1"), ("4712", BADGE))
    ]

    assert [refused(each) and (each.code, each.field) for each in same] == [
        ("code_taken", "code"),
        ("code_taken", "badge"),
    ]


@pytest.mark.parametrize(
    "pin", ["12345", "123456", "654321", "111111", "121212", "471199", "80415x", "²²²²²²", "8" * 13]
)
def test_pins_that_are_tried_first_are_refused(pin: str) -> None:
    assert rules.wrong_pin(pin, "4711") is not None


def test_of_badges_and_pins_only_digests_are_kept(shop: Shop, ana: str) -> None:
    row = shop.db.execute("SELECT badge::text FROM access_signin_badge AS badge").fetchone()

    assert row is not None
    assert PIN not in row[0]
    assert BADGE not in row[0]
    assert "argon2" in row[0]
