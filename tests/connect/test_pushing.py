"""Notifications taken to a push service by the postman: shown on each device, tried again; devices that are gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from messages.conftest import letter
from onhand.access.people import admit
from onhand.connect.push import subscriptions, vapid
from onhand.connect.push.carrying import Push
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect
from onhand.core.refusals import refused
from onhand.doors.jobs.postman import Postman
from onhand.messages.actions import post
from onhand.messages.alerts import devices
from onhand.messages.alerts.devices import Given
from onhand.messages.queries import LetterView, letters
from push_service import Browser, PushService, push_service

CONTACT = "mailto:it@harbour.example"


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as found:
        yield found


@pytest.fixture(autouse=True)
def ana(db: Connection) -> None:
    """Whose devices they are."""
    admit(db, "ana", "store_manager", password="a-quiet-harbour-9")


def turned_on(db: Connection, browser: Browser, person: str = "ana") -> int:
    vapid.public_key(db, utc_now())
    found = subscriptions.read(browser.subscription, loopback=True)
    assert not refused(found)
    given = Given(found.endpoint, subscriptions.kept(found))
    device = devices.turn_on(db, person, "Firefox · Linux", given, actor=f"person/{person}", now=utc_now())
    assert not refused(device)
    db.commit()
    return device


def told(db: Connection, device: int, key: str = "k1", **facts: Any) -> None:
    post(db, [letter("person/ana", key, channel="push", device=device, **facts)], actor="system")
    db.commit()


def deliver(database_url: str, *, loopback: bool = True, later: timedelta = timedelta()) -> None:
    def own() -> Connection:
        return connect(database_url, autocommit=True)

    carrier = Push(own, CONTACT, loopback=loopback)
    postman = Postman(own, {"push": carrier}, keeps=True, clock=lambda: utc_now() + later)
    with own() as db:
        postman.deliver(db)
    postman.stop()


def only(db: Connection) -> LetterView:
    db.commit()
    (found,) = letters(db).items
    return found


def test_what_was_posted_is_shown_on_the_device(db: Connection, database_url: str, service: PushService) -> None:
    browser = service.subscribe()
    told(db, turned_on(db, browser), topic="order/W-1")

    deliver(database_url)

    assert service.faults == []
    assert browser.shown == [
        {
            "title": "News of your order W-1",
            "body": "Harbour Goods, order W-1: It has been shipped. https://shop.example/W-1",
            "link": "https://shop.example/W-1",
            "tag": "order/W-1",
            "lang": "en",
        }
    ]
    assert (only(db).state, only(db).said) == ("sent", "127.0.0.1: 201")
    assert service.contacts == [CONTACT]
    (got,) = service.receiver.got
    assert (got.headers["ttl"], got.headers["urgency"]) == ("86400", "normal")
    assert b"order" not in got.body
    assert "order" not in got.headers["topic"]


def test_of_one_thing_all_that_is_said_has_one_topic(db: Connection, database_url: str, service: PushService) -> None:
    device = turned_on(db, service.subscribe())
    told(db, device, "k1", topic="order/W-1")
    told(db, device, "k2", topic="order/W-1")
    told(db, device, "k3", topic="order/W-2")
    told(db, device, "k4")

    deliver(database_url)

    topics = [got.headers.get("topic", "") for got in service.receiver.got]
    assert len(topics) == 4
    assert sorted(topics.count(each) for each in set(topics)) == [1, 1, 2]
    assert "" in topics


def test_a_device_that_is_gone_is_forgotten_and_the_others_stay(
    db: Connection, database_url: str, service: PushService
) -> None:
    gone, stays = service.subscribe(), service.subscribe()
    told(db, turned_on(db, gone), "k1")
    kept = turned_on(db, stays)
    told(db, kept, "k2")
    del service.browsers["/push/1"]

    deliver(database_url)

    db.commit()
    assert [each.id for each in devices.devices(db, "ana")] == [kept]
    assert {each.key: each.state for each in letters(db).items} == {"k1": "given_up", "k2": "sent"}
    assert db.execute("SELECT count(*) FROM messages_round").fetchone() == (0,)


def test_who_has_no_device_left_is_told_by_mail_at_once(
    db: Connection, database_url: str, service: PushService
) -> None:
    told(db, turned_on(db, service.subscribe()))
    service.answers = [(404, {}, b"")]

    deliver(database_url)

    db.commit()
    assert devices.devices(db, "ana") == []
    rows = db.execute("SELECT person, channel, due_at <= now() FROM messages_round").fetchall()
    assert rows == [("ana", "email", True)]
    assert db.execute("SELECT actor FROM core_event WHERE kind = 'person.device_taken_off'").fetchall() == [("system",)]


def test_a_busy_service_is_asked_again_when_it_said(db: Connection, database_url: str, service: PushService) -> None:
    browser = service.subscribe()
    told(db, turned_on(db, browser))
    service.answers = [(429, {"retry-after": "900"}, b"slow down")]

    deliver(database_url)
    put_off = only(db)
    deliver(database_url, later=timedelta(minutes=14))
    still = only(db)
    deliver(database_url, later=timedelta(minutes=16))

    assert (put_off.state, put_off.said) == ("failed", "127.0.0.1: 429 slow down")
    assert put_off.next_at
    assert put_off.next_at > utc_now() + timedelta(minutes=14)
    assert still.tries == 1
    assert only(db).state == "sent"
    assert len(browser.shown) == 1


def test_a_service_that_fails_costs_nothing_but_time(db: Connection, database_url: str, service: PushService) -> None:
    told(db, turned_on(db, service.subscribe()))
    service.answers = [(500, {}, b"")]

    deliver(database_url)

    assert only(db).state == "failed"
    assert len(devices.devices(db, "ana")) == 1


def test_nothing_goes_into_a_private_network(db: Connection, database_url: str, service: PushService) -> None:
    browser = service.subscribe()
    told(db, turned_on(db, browser))

    deliver(database_url, loopback=False)

    assert only(db).state == "failed"
    assert service.receiver.got == []


def test_what_is_on_its_way_to_a_device_taken_off_goes_nowhere(
    db: Connection, database_url: str, service: PushService
) -> None:
    device = turned_on(db, service.subscribe())
    told(db, device)
    devices.take_off(db, "ana", device, actor="person/ana", now=utc_now())
    db.commit()

    deliver(database_url)

    assert only(db).state == "given_up"
    assert service.receiver.got == []


def test_a_postman_at_work_goes_by_the_key_there_is(db: Connection, database_url: str, service: PushService) -> None:
    def own() -> Connection:
        return connect(database_url, autocommit=True)

    told(db, turned_on(db, service.subscribe()), "k1")
    postman = Postman(own, {"push": Push(own, CONTACT, loopback=True)}, keeps=True)
    with own() as other:
        postman.deliver(other)
        before = service.receiver.got[0].headers["authorization"].partition("k=")[2]
        vapid.change(other, actor="operator/root", now=utc_now())
        told(db, turned_on(db, service.subscribe()), "k2")
        postman.deliver(other)
    postman.stop()

    keys = [got.headers["authorization"].partition("k=")[2] for got in service.receiver.got]
    assert keys == [before, vapid.public_key(db, utc_now())]
    assert {each.key: each.state for each in letters(db).items} == {"k1": "sent", "k2": "sent"}


def test_nothing_is_posted_to_a_device_of_the_key_before(
    db: Connection, database_url: str, service: PushService
) -> None:
    told(db, turned_on(db, service.subscribe()))
    vapid.change(db, actor="operator/root", now=utc_now())
    db.commit()

    deliver(database_url)

    assert service.receiver.got == []
    assert only(db).state == "given_up"


def test_the_shops_key_is_made_once_and_lies_sealed(db: Connection) -> None:
    first = vapid.public_key(db, utc_now())
    db.commit()

    assert vapid.public_key(db, utc_now()) == first
    key = vapid.shop_key(db)
    assert key
    assert key.public == first
    (secret,) = db.execute("SELECT secret FROM push_key").fetchone() or ("",)
    assert secret.startswith("oh1:")


def test_without_a_key_a_letter_waits(db: Connection, database_url: str, service: PushService) -> None:
    device = turned_on(db, service.subscribe())
    db.execute("DELETE FROM push_key")
    told(db, device)

    deliver(database_url)

    assert (only(db).state, service.receiver.got) == ("failed", [])


def test_neither_address_nor_keys_stand_in_the_database_in_plain(db: Connection, service: PushService) -> None:
    browser = service.subscribe()
    turned_on(db, browser)

    rows = str(db.execute("SELECT * FROM messages_device").fetchall())

    keys = json.loads(browser.subscription)["keys"]
    assert not [each for each in (browser.endpoint, keys["p256dh"], keys["auth"]) if each in rows]


def test_who_may_no_longer_sign_in_is_shown_nothing(db: Connection, database_url: str, service: PushService) -> None:
    told(db, turned_on(db, service.subscribe()))
    db.execute("UPDATE access_person SET is_active = false")
    db.commit()

    deliver(database_url)

    assert only(db).state == "given_up"
    assert service.receiver.got == []
