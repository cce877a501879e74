"""Devices at the pages: turned on, listed, taken off; and the script browsers keep."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from doors.people import fill, read, sign_in, text, toast
from doors.test_shift import ana, device, shown
from onhand.access.people import admit
from onhand.connect.push import vapid
from onhand.doors.cli.main import app
from onhand.messages.alerts import devices, preferences
from onhand.messages.alerts.rules import Preference
from push_service import Browser, letters
from shop import Shop

assert ana  # fixtures
assert device
PAGE, TURN_ON = "/account/alerts", "/account/alerts/devices/turn-on"
NOTICE = "so some of your devices show no alerts"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def key(browser: Client) -> str:
    """What the page gives browsers to subscribe with."""
    (found,) = re.findall(r'data-key="([\w-]*)"', browser.get(PAGE).content.decode()) or [""]
    return str(found)


def turn_on(browser: Client, own: Browser, **facts: str) -> Any:
    said = {"subscription": own.subscription, "key": key(browser), **facts}
    return browser.post(TURN_ON, said, headers={"User-Agent": FIREFOX})


def changed(shop: Shop) -> int | None:
    """Have the shop's key changed; how many devices are silent for that."""
    silenced = vapid.change(shop.db, actor="operator/root", now=shop.now)
    shop.db.commit()
    return silenced


def channels(shop: Shop) -> dict[str, tuple[str, ...]]:
    shop.db.commit()
    return {site: wish.channels for site, wish in preferences.wishes(shop.db).get("ana", {}).items()}


def test_a_device_is_turned_on_listed_and_taken_off(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop, "store_manager")
    own = Browser()

    done = turn_on(browser, own)

    assert toast(done)["words"] == "Alerts are shown on this device from now on."
    page = browser.get(PAGE).content.decode()
    assert "Firefox · Linux" in page
    assert hashlib.sha256(own.endpoint.encode()).hexdigest() in page
    shop.db.commit()
    (found,) = devices.devices(shop.db, "ana")
    assert json.loads(found.address)["endpoint"] == own.endpoint

    off = fill(browser, f"/account/alerts/devices/{found.id}/take-off")

    assert toast(off)["words"] == "The device is taken off."
    shop.db.commit()
    assert devices.devices(shop.db, "ana") == []
    assert "No device shows your alerts just now" in read(browser, PAGE)


def test_the_page_gives_browsers_one_key_to_subscribe_with(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)

    keys = {key(browser) for _ in range(2)}

    assert {len(each) for each in keys} == {87}
    assert len(keys) == 1


def test_who_turns_on_a_first_device_hears_there_too(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop, "store_manager")
    wish = Preference(("sms",))
    preferences.wish(shop.db, "ana", "lisbon", wish, actor="person/ana", now=shop.now)
    preferences.wish(shop.db, "ana", "london", Preference(muted=True), actor="person/ana", now=shop.now)
    shop.db.commit()

    turn_on(browser, Browser())
    assert channels(shop) == {"": ("email", "push"), "lisbon": ("sms", "push"), "london": ("email",)}

    fill(browser, "/account/alerts/all", way="email", pace="at_once", digest_at="08:00")
    turn_on(browser, Browser("https://push.example/2"))
    assert channels(shop)[""] == ("email",)
    assert "by text message and on my devices" in read(browser, PAGE)


def test_who_heard_of_nothing_hears_there_only(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop, "store_associate")

    turn_on(browser, Browser())

    assert channels(shop) == {"": ("push",)}
    assert "on my devices" in read(browser, PAGE)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"endpoint": "http://push.example/1"}, "begin the address with https://"),
        ({"endpoint": "https://192.168.1.7/1"}, "private network"),
        ({"keys": {"p256dh": letters(b"\x04" * 10), "auth": letters(b"a" * 16)}}, "10 bytes in place of 65"),
        ({"keys": {}}, "turn it on once more"),
    ],
)
def test_what_nothing_could_be_sent_by_is_refused_in_words(
    browser: Client, shop: Shop, changed: dict[str, Any], words: str
) -> None:
    sign_in(browser, shop)
    said = json.dumps(json.loads(Browser().subscription) | changed)

    answer = browser.post(TURN_ON, {"subscription": said})

    assert answer.status_code == 422
    assert words in toast(answer)["words"]
    assert channels(shop) == {}


def test_a_device_of_another_key_is_silent_until_its_browser_subscribes_anew(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop, "store_manager")
    before, own = key(browser), Browser()
    turn_on(browser, own)
    assert NOTICE not in read(browser, "/stock")

    assert changed(shop) == 1

    assert key(browser) not in {"", before}
    assert devices.by_person(shop.db) == {}
    (silent,) = devices.devices(shop.db, "ana")
    assert (silent.silent, devices.addresses(shop.db, [silent.id])) == (True, {})
    assert NOTICE in read(browser, "/stock")
    assert "shows nothing" in read(browser, PAGE)
    assert "No device shows your alerts just now" in read(browser, PAGE)

    turn_on(browser, Browser("https://push.example/anew"), instead=str(silent.id))

    shop.db.commit()
    (anew,) = devices.devices(shop.db, "ana")
    assert (anew.silent, devices.by_person(shop.db)) == (False, {"ana": [anew.id]})
    assert NOTICE not in read(browser, "/stock")


def test_a_browser_that_subscribed_with_the_key_before_is_refused(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    before = key(browser)
    changed(shop)

    answer = turn_on(browser, Browser(), key=before)

    assert (answer.status_code, toast(answer)["words"]) == (422, "The shop's key has changed; load the page again.")
    assert devices.by_person(shop.db) == {}


@pytest.mark.parametrize("instead", ["other", "²", "", "9" * 30])
def test_nobody_puts_a_device_in_the_place_of_what_is_not_theirs(browser: Client, shop: Shop, instead: str) -> None:
    sign_in(browser, shop)
    turn_on(browser, Browser())
    changed(shop)
    (anas,) = devices.devices(shop.db, "ana")
    other = Client()
    sign_in(other, shop, name="bea")

    done = turn_on(other, Browser("https://push.example/2"), instead=str(anas.id) if instead == "other" else instead)

    assert done.status_code == 200
    shop.db.commit()
    assert [each.id for each in devices.devices(shop.db, "ana")] == [anas.id]


def test_who_has_no_device_left_is_told_by_e_mail_at_once(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    turn_on(browser, Browser())

    changed(shop)

    due = shop.db.execute("SELECT person, channel, due_at FROM messages_round").fetchall()
    assert due == [("ana", "email", shop.now)]


def test_where_no_browser_asked_for_a_key_there_is_none_to_change(shop: Shop) -> None:
    assert changed(shop) is None


def test_hands_change_the_key(browser: Client, shop: Shop, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    hands = CliRunner()
    assert "There is no key yet" in hands.invoke(app, ["push", "change-key", "--yes"]).output
    sign_in(browser, shop)
    before = key(browser)
    turn_on(browser, Browser())

    assert hands.invoke(app, ["push", "change-key"], input="n\n").exit_code == 1
    assert key(browser) == before
    done = hands.invoke(app, ["push", "change-key", "--yes"])

    assert "until they subscribe anew: 1" in done.output
    assert key(browser) != before
    shop.db.commit()
    told = shop.db.execute("SELECT data FROM core_event WHERE kind = 'push.key_changed'").fetchall()
    assert told == [({"devices": 1},)]


def test_nobody_takes_off_what_is_not_theirs(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)
    turn_on(browser, Browser())
    shop.db.commit()
    (found,) = devices.devices(shop.db, "ana")
    other = Client()
    sign_in(other, shop, name="bea")

    assert other.get(f"/account/alerts/devices/{found.id}/take-off").status_code == 404
    assert other.post(f"/account/alerts/devices/{found.id}/take-off", {}).status_code == 404


def test_a_shared_device_shows_nobodys_alerts(device: Client, ana: str) -> None:
    assert shown(device)["Location"] == "/home"

    assert "This device is shared" in read(device, PAGE)
    assert turn_on(device, Browser()).status_code == 403


def test_where_it_is_switched_off_it_is_not_offered(browser: Client, shop: Shop, settings_of: Any) -> None:
    sign_in(browser, shop)
    settings_of(PUSHES=False)

    assert "On this device" not in read(browser, PAGE)
    assert "on my devices" not in read(browser, "/account/alerts/all")
    assert turn_on(browser, Browser()).status_code == 404


def test_it_takes_somebody_who_is_signed_in(browser: Client, shop: Shop) -> None:
    admit(shop.db, "ana", "owner", password="a-quiet-harbour-9")

    assert turn_on(browser, Browser()).status_code == 302


def test_browsers_keep_a_script_for_the_whole_house(browser: Client) -> None:
    answer = browser.get("/worker.js")

    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "no-cache" in answer.headers["Cache-Control"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "showNotification" in text(answer)
    assert '"fetch"' not in text(answer)


def test_the_record_shows_what_went_to_a_device(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop)

    assert "on a device" in read(browser, "/messages?way=push")
