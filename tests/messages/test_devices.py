"""Devices that show alerts: whose they are, how many, what goes with whom."""

from __future__ import annotations

import json

from onhand.access.people import admit
from onhand.access.privacy import erasing, exporting
from onhand.core.database import Connection
from onhand.core.refusals import Refused, refused
from onhand.messages.alerts import devices
from onhand.messages.alerts.devices import MOST_DEVICES, Given
from shop import NOON

ADDRESS = '{"endpoint":"https://push.example/1","keys":{"p256dh":"B","auth":"x"}}'


def turned_on(db: Connection, person: str = "ana", endpoint: str = "https://push.example/1") -> int | Refused:
    given = Given(endpoint, ADDRESS)
    answer = devices.turn_on(db, person, "Firefox · Linux", given, actor=f"person/{person}", now=NOON)
    db.commit()
    return answer


def numbers(db: Connection, person: str = "ana") -> list[int]:
    return [each.id for each in devices.devices(db, person)]


def test_a_device_turned_on_twice_is_there_once(db: Connection) -> None:
    first, second, other = turned_on(db), turned_on(db), turned_on(db, endpoint="https://push.example/2")

    assert first == second
    assert numbers(db) == [other, first]
    assert devices.addresses(db, [first, 0]) == {first: ADDRESS}  # type: ignore[list-item]
    assert devices.by_person(db) == {"ana": [first, other]}


def test_a_browser_is_whoevers_turned_it_on_last_under_a_new_number(db: Connection) -> None:
    anas = turned_on(db)

    beas = turned_on(db, "bea")

    assert numbers(db) == []
    assert numbers(db, "bea") == [beas]
    assert anas != beas


def test_there_are_so_many_devices_at_most_and_those_there_are_may_be_turned_on_anew(db: Connection) -> None:
    for number in range(MOST_DEVICES):
        assert not refused(turned_on(db, endpoint=f"https://push.example/{number}"))

    refusal = turned_on(db, endpoint="https://push.example/more")

    assert isinstance(refusal, Refused)
    assert (refusal.code, refusal.field) == ("too_many_own_devices", "subscription")
    assert "take one off first" in refusal.detail
    assert not refused(turned_on(db))


def test_nobody_takes_off_the_device_of_somebody_else(db: Connection) -> None:
    device = turned_on(db)
    assert not refused(device)

    assert not devices.take_off(db, "bea", device, actor="person/bea", now=NOON)
    assert devices.take_off(db, "ana", device, actor="person/ana", now=NOON)
    assert not devices.take_off(db, "ana", device, actor="person/ana", now=NOON)

    kinds = [kind for (kind,) in db.execute("SELECT kind FROM core_event ORDER BY seq")]
    assert kinds == ["person.device_turned_on", "person.device_taken_off"]


def test_whoever_asks_gets_what_is_held_of_their_devices(db: Connection) -> None:
    admit(db, "ana", "store_manager", password="a-quiet-harbour-9")
    turned_on(db)

    found = exporting.export(db, "person/ana", now=NOON, actor="person/eva")

    assert not refused(found)
    assert "https://push.example/1" in json.dumps(found, default=str)


def test_whoever_is_erased_has_no_devices_any_more(db: Connection) -> None:
    admit(db, "boss", "owner", password="a-quiet-harbour-9")
    admit(db, "ana", "store_manager", password="a-quiet-harbour-9")
    turned_on(db)
    turned_on(db, "bea", "https://push.example/2")

    answer = erasing.erase(db, "person/ana", now=NOON, actor="person/boss")
    db.commit()

    assert not refused(answer)
    assert answer.rows["messages_device"] == 1
    assert devices.by_person(db).keys() == {"bea"}
